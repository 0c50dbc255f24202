import { type DynamicModule, Module } from '@nestjs/common';
import { CacheAdministration, type CacheEngine } from '@sluice/cache';
import { TradingCaches } from '@sluice/trading-caching';
import type { Log } from '../log';
import { CacheMetrics } from './cache-metrics';
import { CachesController } from './caches.controller';

/** Every cache of the domains, once per process (the engine refuses a second one of a name), and their administration. */
@Module({})
export class CachesModule {
  static forRoot({ engine, log }: { engine: CacheEngine; log: Pick<Log, 'event'> }): DynamicModule {
    const administration = new CacheAdministration(engine, (entry) =>
      log.event('info', 'a cache is administered', { ...entry }),
    );
    return {
      module: CachesModule,
      controllers: [CachesController],
      providers: [
        { provide: TradingCaches, useFactory: () => new TradingCaches(engine) },
        { provide: CacheAdministration, useValue: administration },
        { provide: CacheMetrics, useValue: new CacheMetrics(engine, () => administration.list()) },
      ],
      exports: [TradingCaches],
    };
  }
}
