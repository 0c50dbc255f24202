import { join } from 'node:path';
import { systemClock } from '@sluice/core';
import { Postgres } from '@sluice/postgres';
import { RecommendationResourceRepository, RecommendationWriter } from '@sluice/trading-persistence';
import { CandleSource } from '../candles/candle-source';
import { LegacyDirectory } from '../legacy-directory';
import { EvaluationController } from './evaluation.controller';
import { EvaluationService } from './evaluation.service';
import { RecommendationLogService } from './recommendation-log.service';
import { RecommendationService } from './recommendation.service';
import { RecommendationsController } from './recommendations.controller';
import { ScalpingExits } from './scalping-exits';

/** System B. Needs `CandleSource` and `LegacyDirectory`. */
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
      inject: [RecommendationResourceRepository, RecommendationWriter, Postgres, CandleSource, LegacyDirectory],
      useFactory: (
        recommendations: RecommendationResourceRepository,
        writer: RecommendationWriter,
        postgres: Postgres,
        candles: CandleSource,
        { path }: LegacyDirectory,
      ) => {
        const exits = new ScalpingExits(path === null ? null : join(path, 'data/scalping_exits'));
        return new EvaluationService({ recommendations, writer, postgres, candles, exits, clock: systemClock });
      },
    },
  ],
};
