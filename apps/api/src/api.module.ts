import { type DynamicModule, Module } from '@nestjs/common';
import type { CacheEngine, CacheStore } from '@sluice/cache';
import { requireDatabaseUrl, type Settings } from '@sluice/config';
import { PostgresModule } from '@sluice/postgres';
import { TradingModule } from '@sluice/trading-feature';
import { CachesModule } from './caches/caches.module';
import { HealthModule } from './health/health.module';
import { Lifecycle } from './lifecycle';
import type { Log } from './log';
import { CacheOutboxModule } from './outbox/cache-outbox.module';
import { StorePicksSnapshotCache } from './store-picks-snapshot.cache';

interface ApiParts {
  readonly cache: CacheStore;
  readonly engine: CacheEngine;
  readonly lifecycle: Lifecycle;
  readonly log: Log;
}

/** Binds the platform's parts to the domains. */
@Module({})
export class ApiModule {
  static forRoot(settings: Settings, parts: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PostgresModule.forRoot({
          url: requireDatabaseUrl(settings).reveal(),
          poolSize: settings.databasePoolSize,
          statementTimeoutMs: settings.databaseTimeoutMs,
          applicationName: 'sluice-api',
        }),
        CachesModule.forRoot(parts),
        CacheOutboxModule.forRoot(parts),
        HealthModule.forRoot(parts),
        TradingModule.forRoot({ picksCache: new StorePicksSnapshotCache(parts.cache) }),
      ],
    };
  }
}
