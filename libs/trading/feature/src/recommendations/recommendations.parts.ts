import { systemClock } from '@sluice/core';
import { Postgres } from '@sluice/postgres';
import {
  RecommendationResourceRepository,
  RecommendationWriter,
  RunResultsRepository,
} from '@sluice/trading-persistence';
import { CandleSource } from '../candles/candle-source';
import { EvaluationController } from './evaluation.controller';
import { EvaluationService } from './evaluation.service';
import { RecommendationLogService } from './recommendation-log.service';
import { RecommendationService } from './recommendation.service';
import { RecommendationsController } from './recommendations.controller';
import { ScalpingExits } from './scalping-exits';
import { WinningTradesController } from './winning-trades.controller';
import { WinningTradesService } from './winning-trades.service';

/** System B. Needs `CandleSource` and `ScalpingExits`. */
export const recommendationsParts = {
  controllers: [RecommendationsController, EvaluationController, WinningTradesController],
  providers: [
    ...[RecommendationResourceRepository, RecommendationWriter, RecommendationService, RunResultsRepository],
    {
      provide: RecommendationLogService,
      inject: [RecommendationWriter],
      useFactory: (writer: RecommendationWriter) => new RecommendationLogService(writer, systemClock),
    },
    {
      provide: WinningTradesService,
      inject: [RunResultsRepository],
      useFactory: (results: RunResultsRepository) => new WinningTradesService(results, systemClock),
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
