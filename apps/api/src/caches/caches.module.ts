import { type DynamicModule, Module } from '@nestjs/common';
import { CacheAdministration, type CacheEngine } from '@sluice/cache';
import type { SecretUrl } from '@sluice/config';
import { Postgres } from '@sluice/postgres';
import { reportRole } from '@sluice/redis';
import type { TradingCaches } from '@sluice/trading-caching';
import { LatestPicksSource } from '@sluice/trading-feature';
import type { Log } from '../log';
import { CacheMetrics } from './cache-metrics';
import { CacheWarmUp } from './cache-warm-up';
import { CachesController } from './caches.controller';
import { RedisBootCheck } from './redis-boot-check';

interface CachesParts {
  readonly engine: CacheEngine;
  readonly caches: TradingCaches;
  readonly log: Pick<Log, 'event' | 'failure'>;
  /** Of the Redis of the caches; null where they are in this process. */
  readonly redisUrl: SecretUrl | null;
}

/** The administration of the caches of this process. Needs `Postgres`, from which they are filled again. */
@Module({})
export class CachesModule {
  static forRoot({ engine, caches, log, redisUrl }: CachesParts): DynamicModule {
    const administration = new CacheAdministration(engine, (entry) =>
      log.event('info', 'a cache is administered', { ...entry }),
    );
    return {
      module: CachesModule,
      controllers: [CachesController],
      providers: [
        { provide: CacheAdministration, useValue: administration },
        { provide: CacheMetrics, useValue: new CacheMetrics(engine, () => administration.list()) },
        ...(redisUrl
          ? [
              {
                provide: RedisBootCheck,
                useValue: new RedisBootCheck({ log, report: () => reportRole(redisUrl.reveal(), 'cache') }),
              },
            ]
          : []),
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
