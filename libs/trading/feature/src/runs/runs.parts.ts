import { invalidationOf } from '@sluice/cache';
import { systemClock } from '@sluice/core';
import { BatchPool, CacheOutbox } from '@sluice/postgres';
import { TradingCaches } from '@sluice/trading-caching';
import { RunResourceRepository, RunTexts, TopPicksRunRepository, TopPicksRunWriter } from '@sluice/trading-persistence';
import { CachedValuesService } from '../cached-values.service';
import { ReconciliationService } from './reconciliation.service';
import { RunsController } from './runs.controller';
import { RunSettings, RunsService } from './runs.service';
import { StoredPicksController } from './stored-picks.controller';
import { StoredPicksService } from './stored-picks.service';

/** System C, beside the history and the status. Needs `LegacyDirectory` and `RunSettings`. */
export const runsParts = {
  controllers: [RunsController, StoredPicksController],
  providers: [
    ...[RunResourceRepository, ReconciliationService],
    { provide: RunTexts, inject: [BatchPool], useFactory: (pool: BatchPool) => new RunTexts(pool) },
    {
      provide: TopPicksRunWriter,
      inject: [CacheOutbox, TradingCaches],
      useFactory: (outbox: CacheOutbox, { latestPicks }: TradingCaches) =>
        // A run may be of no universe or no mode. The cache has no key for it, so that nobody can ask for it there either.
        new TopPicksRunWriter(outbox, (scope) =>
          scope.universe && scope.mode ? invalidationOf(latestPicks, [scope]) : null,
        ),
    },
    {
      provide: StoredPicksService,
      inject: [CachedValuesService],
      useFactory: (values: CachedValuesService) => new StoredPicksService(values, systemClock),
    },
    {
      provide: RunsService,
      inject: [TopPicksRunRepository, RunTexts, TopPicksRunWriter, RunSettings],
      useFactory: (
        runs: TopPicksRunRepository,
        texts: RunTexts,
        writer: TopPicksRunWriter,
        { retentionDays }: RunSettings,
      ) => new RunsService({ runs, texts, writer, retentionDays, clock: systemClock }),
    },
  ],
};
