import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { MigrationHistory, Postgres, PostgresUnavailableError } from '@sluice/postgres';

/** Down where a migration is pending or failed, with its name: the program's queries would meet another schema. */
@Injectable()
export class SchemaIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly postgres: Postgres,
    private readonly history: MigrationHistory,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('schema');
    try {
      await this.postgres.ping(); // A frozen server is given up after two seconds, not after a statement's time.
      const { applied, pending, failed, changed, unknown } = await this.history.read();
      const state = { applied: applied.length, pending, failed, changed, unknown };
      return pending.length + failed.length > 0 ? indicator.down(state) : indicator.up(state);
    } catch (error) {
      if (error instanceof PostgresUnavailableError) return indicator.down('Not known while PostgreSQL is away.');
      throw error;
    }
  }
}
