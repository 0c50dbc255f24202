import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Postgres, PostgresUnavailableError } from '@sluice/postgres';

/**
 * Down where PostgreSQL does not answer: without it nothing can be served. One that takes no writes (a standby) serves all that is
 * read, so it only degrades: taken out by the balancers, all processes together would serve nothing.
 */
@Injectable()
export class PostgresIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly postgres: Postgres,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('postgres');
    try {
      const { isReadOnly } = await this.postgres.ping();
      return indicator.up({ degraded: isReadOnly, readOnly: isReadOnly });
    } catch (error) {
      if (error instanceof PostgresUnavailableError) return indicator.down(error.message);
      throw error;
    }
  }
}
