import { type DynamicModule, Module } from '@nestjs/common';
import { CacheAdministration, type CacheEngine } from '@sluice/cache';
import { Postgres } from '@sluice/postgres';
import type { TradingCaches } from '@sluice/trading-caching';
import { LatestPicksSource } from '@sluice/trading-feature';
import type { Log } from '../log';
import { CacheMetrics } from './cache-metrics';
import { CacheWarmUp } from './cache-warm-up';
import { CachesController } from './caches.controller';

interface CachesParts {
  readonly engine: CacheEngine;
  readonly caches: TradingCaches;
  readonly log: Pick<Log, 'event' | 'failure'>;
}

/** The administration of the caches of this process. Needs `Postgres`, from which they are filled again. */
@Module({})
export class CachesModule {
  static forRoot({ engine, caches, log }: CachesParts): DynamicModule {
    const administration = new CacheAdministration(engine, (entry) =>
      log.event('info', 'a cache is administered', { ...entry }),
    );
    return {
      module: CachesModule,
      controllers: [CachesController],
      providers: [
        { provide: CacheAdministration, useValue: administration },
        { provide: CacheMetrics, useValue: new CacheMetrics(engine, () => administration.list()) },
        {
          provide: CacheWarmUp,
          inject: [Postgres],
          useFactory: (postgres: Postgres) =>
            new CacheWarmUp({ engine, caches, log, sources: { latestPicks: LatestPicksSource.over(postgres) } }),
        },
      ],
      exports: [CacheMetrics],
    };
  }
}
