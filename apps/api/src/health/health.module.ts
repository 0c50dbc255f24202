import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CacheEngine } from '@sluice/cache';
import { Lifecycle } from '../lifecycle';
import { CacheOutboxIndicator } from './cache-outbox.indicator';
import { CacheIndicator } from './cache.indicator';
import { HealthController } from './health.controller';
import { LegacyFollowIndicator } from './legacy-follow.indicator';
import { LegacyMigrationIndicator } from './legacy-migration.indicator';
import { LifecycleIndicator } from './lifecycle.indicator';
import { PostgresIndicator } from './postgres.indicator';
import { SchemaIndicator } from './schema.indicator';

/** The health routes. Terminus' own log is off: it would repeat the whole report at every failing probe. */
@Module({})
export class HealthModule {
  static forRoot(parts: { engine: CacheEngine; lifecycle: Lifecycle }): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [
        { provide: CacheEngine, useValue: parts.engine },
        { provide: Lifecycle, useValue: parts.lifecycle },
        ...[
          CacheIndicator,
          CacheOutboxIndicator,
          LegacyFollowIndicator,
          LegacyMigrationIndicator,
          LifecycleIndicator,
          PostgresIndicator,
          SchemaIndicator,
        ],
      ],
    };
  }
}
