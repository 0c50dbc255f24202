import { PolicyRepository, PolicyWriter } from '@sluice/trading-persistence';
import { PoliciesController } from './policies.controller';
import { PoliciesService } from './policies.service';

export const policiesParts = {
  controllers: [PoliciesController],
  providers: [PolicyRepository, PolicyWriter, PoliciesService],
};
