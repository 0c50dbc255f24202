import { type DynamicModule, Module } from '@nestjs/common';
import { CollectedMetrics } from '@sluice/observability';
import {
  DomainStates,
  LegacyFollowRepository,
  LegacyMigrationRepository,
  MigrationHistory,
  Postgres,
} from '@sluice/postgres';
import { DatabaseMetrics } from './database-metrics';
import { DomainMetrics } from './domain-metrics';
import { FollowMetrics } from './follow-metrics';
import { MetricsController } from './metrics.controller';

/** The numbers of this process at /metrics. `caches` is the module that gives `CacheMetrics`. */
@Module({})
export class MetricsModule {
  static forRoot({ metrics, caches }: { metrics: CollectedMetrics; caches: DynamicModule }): DynamicModule {
    return {
      module: MetricsModule,
      imports: [caches],
      controllers: [MetricsController],
      providers: [
        { provide: CollectedMetrics, useValue: metrics },
        {
          provide: DatabaseMetrics,
          inject: [Postgres, MigrationHistory, LegacyMigrationRepository],
          useFactory: (postgres: Postgres, history: MigrationHistory, migrations: LegacyMigrationRepository) =>
            new DatabaseMetrics(metrics, postgres, history, migrations),
        },
        {
          provide: DomainMetrics,
          inject: [Postgres],
          useFactory: (postgres: Postgres) => new DomainMetrics(metrics, postgres, new DomainStates(postgres)),
        },
        {
          provide: FollowMetrics,
          inject: [Postgres, LegacyFollowRepository],
          useFactory: (postgres: Postgres, follows: LegacyFollowRepository) =>
            new FollowMetrics(metrics, postgres, follows),
        },
      ],
    };
  }
}
