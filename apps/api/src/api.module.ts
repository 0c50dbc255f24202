import { type DynamicModule, Module } from '@nestjs/common';
import type { CacheStore } from '@sluice/cache';
import { requireDatabaseUrl, type Settings } from '@sluice/config';
import { PostgresModule } from '@sluice/postgres';
import { TradingModule } from '@sluice/trading-feature';
import { HealthModule } from './health/health.module';
import { Lifecycle } from './lifecycle';
import { StorePicksSnapshotCache } from './store-picks-snapshot.cache';

/** Binds the platform's parts to the domains. */
@Module({})
export class ApiModule {
  static forRoot(settings: Settings, parts: { cache: CacheStore; lifecycle: Lifecycle }): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PostgresModule.forRoot({
          url: requireDatabaseUrl(settings).reveal(),
          poolSize: settings.databasePoolSize,
          statementTimeoutMs: settings.databaseTimeoutMs,
          applicationName: 'sluice-api',
        }),
        HealthModule.forRoot(parts),
        TradingModule.forRoot({ picksCache: new StorePicksSnapshotCache(parts.cache) }),
      ],
    };
  }
}
