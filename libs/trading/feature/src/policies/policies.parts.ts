import { PolicyRepository, PolicyWriter, TradeRepository } from '@sluice/trading-persistence';
import { PoliciesController } from './policies.controller';
import { PoliciesService } from './policies.service';
import { TrainingController } from './training.controller';
import { TrainingService } from './training.service';

export const policiesParts = {
  controllers: [PoliciesController, TrainingController],
  providers: [PolicyRepository, PolicyWriter, TradeRepository, PoliciesService, TrainingService],
};
