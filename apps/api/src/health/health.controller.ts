import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { CacheOutboxIndicator } from './cache-outbox.indicator';
import { CacheIndicator } from './cache.indicator';
import { LegacyFollowIndicator } from './legacy-follow.indicator';
import { LegacyMigrationIndicator } from './legacy-migration.indicator';
import { LifecycleIndicator } from './lifecycle.indicator';
import { PostgresIndicator } from './postgres.indicator';
import { SchemaIndicator } from './schema.indicator';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly lifecycle: LifecycleIndicator,
    private readonly postgres: PostgresIndicator,
    private readonly schema: SchemaIndicator,
    private readonly cache: CacheIndicator,
    private readonly outbox: CacheOutboxIndicator,
    private readonly migration: LegacyMigrationIndicator,
    private readonly follow: LegacyFollowIndicator,
  ) {}

  @Get('live')
  @HealthCheck()
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Is the process alive?',
    description: 'Asks no other server: an outage of PostgreSQL is no reason to restart the API.',
  })
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  @HealthCheck()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Should requests be sent here?',
    description: '503 without PostgreSQL, with pending migrations, and from the first moment of a shutdown.',
  })
  ready(): Promise<HealthCheckResult> {
    return this.health.check(this.#readiness());
  }

  @Get()
  @HealthCheck()
  @ApiOperation({
    operationId: 'getHealth',
    summary: 'Everything in detail',
    description:
      'Readiness, how far the migration of each legacy table is and whether it was verified, and how far behind the legacy files is what was followed since.',
  })
  detail(): Promise<HealthCheckResult> {
    return this.health.check([...this.#readiness(), () => this.migration.check(), () => this.follow.check()]);
  }

  #readiness() {
    return [
      () => this.lifecycle.check(),
      () => this.postgres.check(),
      () => this.schema.check(),
      () => this.cache.check(),
      () => this.outbox.check(),
    ];
  }
}
