import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Postgres, PostgresUnavailableError } from '@sluice/postgres';

/** Down where PostgreSQL does not answer: without it nothing can be served. */
@Injectable()
export class PostgresIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly postgres: Postgres,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('postgres');
    try {
      await this.postgres.ping();
      return indicator.up();
    } catch (error) {
      if (error instanceof PostgresUnavailableError) return indicator.down(error.message);
      throw error;
    }
  }
}
