import { type DynamicModule, Module } from '@nestjs/common';
import { systemClock } from '@sluice/core';
import { RecommendationRepository, TopPicksRunRepository } from '@sluice/trading-persistence';
import { AlphaController } from './alpha.controller';
import { AlphaService } from './alpha.service';
import { NoPicksSnapshotCache, PicksSnapshotCache } from './picks-snapshot.cache';
import { TopPicksController } from './top-picks.controller';
import { TopPicksHistoryService } from './top-picks-history.service';
import { TopPicksStatusService } from './top-picks-status.service';

/** The trading backend's routes. Needs `Postgres` from the application; the cache of picks is bound by it too. */
@Module({})
export class TradingModule {
  static forRoot(bindings: { picksCache?: PicksSnapshotCache } = {}): DynamicModule {
    return {
      module: TradingModule,
      controllers: [AlphaController, TopPicksController],
      providers: [
        RecommendationRepository,
        TopPicksRunRepository,
        { provide: PicksSnapshotCache, useValue: bindings.picksCache ?? new NoPicksSnapshotCache() },
        {
          provide: AlphaService,
          inject: [RecommendationRepository],
          useFactory: (rows: RecommendationRepository) => new AlphaService(rows, systemClock),
        },
        {
          provide: TopPicksHistoryService,
          inject: [TopPicksRunRepository],
          useFactory: (runs: TopPicksRunRepository) => new TopPicksHistoryService(runs, systemClock),
        },
        {
          provide: TopPicksStatusService,
          inject: [TopPicksRunRepository, PicksSnapshotCache],
          useFactory: (runs: TopPicksRunRepository, cache: PicksSnapshotCache) =>
            new TopPicksStatusService(runs, cache, systemClock),
        },
      ],
    };
  }
}
