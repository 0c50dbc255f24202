import { systemClock } from '@sluice/core';
import { LlmPriceRepository, LlmRequestRepository, LlmUsageRepository } from '@sluice/trading-persistence';
import { LlmCostsController } from './llm-costs.controller';
import { LlmCostSettings, LlmCostsService } from './llm-costs.service';

/** System A. Needs `LlmCostSettings`. */
export const costsParts = {
  controllers: [LlmCostsController],
  providers: [
    ...[LlmPriceRepository, LlmRequestRepository, LlmUsageRepository],
    {
      provide: LlmCostsService,
      inject: [LlmPriceRepository, LlmRequestRepository, LlmUsageRepository, LlmCostSettings],
      useFactory: (
        prices: LlmPriceRepository,
        requests: LlmRequestRepository,
        usage: LlmUsageRepository,
        settings: LlmCostSettings,
      ) => new LlmCostsService({ prices, requests, usage }, settings, systemClock),
    },
  ],
};
