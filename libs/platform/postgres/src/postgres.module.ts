import { type DynamicModule, Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { BatchPool } from './batched-reads';
import { CacheOutbox } from './cache-outbox';
import { CacheWriteBack } from './cache-write-back';
import { IdempotentWrites } from './idempotent-writes';
import { LegacyFollowRepository } from './legacy-follow.repository';
import { LegacyMigrationRepository } from './legacy-migration.repository';
import { MigrationHistory } from './migration-history';
import { Postgres, type PostgresOptions } from './postgres';

/** Closes the pools after the HTTP server has closed, so that requests in flight keep their connections. */
@Injectable()
class PostgresCloser implements OnApplicationShutdown {
  constructor(
    private readonly postgres: Postgres,
    private readonly batches: BatchPool,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.postgres.close(), this.batches.close()]);
  }
}

/**
 * Gives every module of an application `Postgres`, `BatchPool`, `MigrationHistory`, `LegacyMigrationRepository`,
 * `LegacyFollowRepository`, `CacheOutbox`, `CacheWriteBack` and `IdempotentWrites`. Under a name of its own
 * (`@sluice/postgres/module`), because the command line needs no Nest.
 */
@Global()
@Module({})
export class PostgresModule {
  static forRoot(options: PostgresOptions): DynamicModule {
    const onPostgres = <T>(provide: new (postgres: Postgres) => T) => ({
      provide,
      inject: [Postgres],
      useFactory: (postgres: Postgres) => new provide(postgres),
    });
    return {
      module: PostgresModule,
      providers: [
        { provide: Postgres, useFactory: () => new Postgres(options) },
        { provide: BatchPool, useFactory: () => new BatchPool(options) },
        onPostgres(MigrationHistory),
        onPostgres(LegacyMigrationRepository),
        onPostgres(LegacyFollowRepository),
        onPostgres(CacheOutbox),
        onPostgres(CacheWriteBack),
        {
          provide: IdempotentWrites,
          inject: [CacheOutbox],
          useFactory: (outbox: CacheOutbox) => new IdempotentWrites(outbox),
        },
        PostgresCloser,
      ],
      exports: [
        Postgres,
        BatchPool,
        MigrationHistory,
        LegacyMigrationRepository,
        LegacyFollowRepository,
        CacheOutbox,
        CacheWriteBack,
        IdempotentWrites,
      ],
    };
  }
}
