import { systemClock } from '@sluice/core';
import { Postgres } from '@sluice/postgres';
import { RecommendationResourceRepository, RecommendationWriter } from '@sluice/trading-persistence';
import { CandleSource } from '../candles/candle-source';
import { EvaluationController } from './evaluation.controller';
import { EvaluationService } from './evaluation.service';
import { RecommendationLogService } from './recommendation-log.service';
import { RecommendationService } from './recommendation.service';
import { RecommendationsController } from './recommendations.controller';
import { ScalpingExits } from './scalping-exits';

/** System B. Needs `CandleSource` and `ScalpingExits`. */
export const recommendationsParts = {
  controllers: [RecommendationsController, EvaluationController],
  providers: [
    ...[RecommendationResourceRepository, RecommendationWriter, RecommendationService],
    {
      provide: RecommendationLogService,
      inject: [RecommendationWriter],
      useFactory: (writer: RecommendationWriter) => new RecommendationLogService(writer, systemClock),
    },
    {
      provide: EvaluationService,
      inject: [RecommendationResourceRepository, RecommendationWriter, Postgres, CandleSource, ScalpingExits],
      useFactory: (
        recommendations: RecommendationResourceRepository,
        writer: RecommendationWriter,
        postgres: Postgres,
        candles: CandleSource,
        exits: ScalpingExits,
      ) => new EvaluationService({ recommendations, writer, postgres, candles, exits, clock: systemClock }),
    },
  ],
};
