import { PolicyRepository, PolicyWriter, TradeRepository } from '@sluice/trading-persistence';
import { PoliciesController } from './policies.controller';
import { PoliciesService } from './policies.service';
import { RlMetricsController } from './rl-metrics.controller';
import { RlMetricsService } from './rl-metrics.service';
import { TrainingController } from './training.controller';
import { TrainingService } from './training.service';

export const policiesParts = {
  controllers: [PoliciesController, TrainingController, RlMetricsController],
  providers: [PolicyRepository, PolicyWriter, TradeRepository, PoliciesService, TrainingService, RlMetricsService],
};
