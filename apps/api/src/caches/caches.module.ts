import { type DynamicModule, Module } from '@nestjs/common';
import type { CacheEngine } from '@sluice/cache';
import { TradingCaches } from '@sluice/trading-caching';

/** Every cache of the domains, once per process: the engine refuses a second one of the same name. */
@Module({})
export class CachesModule {
  static forRoot({ engine }: { engine: CacheEngine }): DynamicModule {
    return {
      module: CachesModule,
      providers: [{ provide: TradingCaches, useFactory: () => new TradingCaches(engine) }],
      exports: [TradingCaches],
    };
  }
}
