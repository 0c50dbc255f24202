import { type DynamicModule, Module } from '@nestjs/common';
import type { CacheEngine } from '@sluice/cache';
import { cacheDriverOf, requireDatabaseUrl, requireRedisUrl, type Settings } from '@sluice/config';
import type { CollectedMetrics, Tracing } from '@sluice/observability';
import { PostgresModule } from '@sluice/postgres/module';
import { TradingCaches } from '@sluice/trading-caching';
import { candleSourceOf, TradingModule } from '@sluice/trading-feature';
import { CachesModule } from './caches/caches.module';
import { CutoverModule } from './cutover/cutover.module';
import { DomainsModule } from './domains/domains.module';
import { HealthModule } from './health/health.module';
import { Lifecycle } from './lifecycle';
import type { Log } from './log';
import { MetricsModule } from './metrics/metrics.module';
import { CacheOutboxModule } from './outbox/cache-outbox.module';

interface ApiParts {
  readonly engine: CacheEngine;
  readonly lifecycle: Lifecycle;
  readonly log: Log;
  readonly metrics: CollectedMetrics;
  readonly tracing: Tracing;
}

/** Binds the platform's parts to the domains. */
@Module({})
export class ApiModule {
  /** Every cache of the domains is made here, once per process. Throws `MarketCalendarError`. */
  static forRoot(settings: Settings, parts: ApiParts): DynamicModule {
    const caches = new TradingCaches(parts.engine, {
      holidays: settings.marketHolidays,
      specialSessions: settings.marketSpecialSessions,
    });
    const redisUrl = cacheDriverOf(settings) === 'redis' ? requireRedisUrl(settings) : null;
    const cachesModule = CachesModule.forRoot({ ...parts, caches, redisUrl });
    return {
      module: ApiModule,
      imports: [
        PostgresModule.forRoot({
          url: requireDatabaseUrl(settings).reveal(),
          poolSize: settings.databasePoolSize,
          statementTimeoutMs: settings.databaseTimeoutMs,
          applicationName: 'sluice-api',
          observe: (operation, work) => parts.tracing.part(operation, { 'db.system.name': 'postgresql' }, work),
        }),
        cachesModule,
        MetricsModule.forRoot({ metrics: parts.metrics, caches: cachesModule }),
        CacheOutboxModule.forRoot(parts),
        DomainsModule.forRoot({ ...parts, settings, caches }),
        CutoverModule.forRoot({ ...settings, databaseUrl: requireDatabaseUrl(settings) }),
        HealthModule.forRoot(parts),
        TradingModule.forRoot({
          caches,
          candles: candleSourceOf(settings),
          legacyDir: settings.legacyDir ?? null,
          llmCosts: { dailyBudgetUsd: settings.llmDailyBudgetUsd },
          runs: { retentionDays: settings.topPicksRetentionDays },
          hasSides: true,
        }),
      ],
    };
  }
}
