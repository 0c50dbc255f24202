import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { LegacyMigrationRepository, type LegacyTableState, Postgres, PostgresUnavailableError } from '@sluice/postgres';

type MigrationState = 'none' | 'copying' | 'copied' | 'verified' | 'differs';

/** Never down: a migration in progress is no illness. It tells how far each legacy table is, and whether it was proven. */
@Injectable()
export class LegacyMigrationIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly postgres: Postgres,
    private readonly migrations: LegacyMigrationRepository,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('legacyMigration');
    try {
      await this.postgres.ping(); // A frozen server is given up after two seconds, not after a statement's time.
      const tables = await this.migrations.list();
      return indicator.up({ state: stateOf(tables), tables });
    } catch (error) {
      if (error instanceof PostgresUnavailableError) return indicator.up({ state: 'unknown', tables: [] });
      throw error;
    }
  }
}

/** The state of the whole is that of its least finished table; a difference outweighs everything. */
export function stateOf(tables: readonly Pick<LegacyTableState, 'status' | 'verification'>[]): MigrationState {
  if (tables.length === 0) return 'none';
  if (tables.some(({ verification }) => verification?.clean === false)) return 'differs';
  if (tables.some(({ status }) => status !== 'copied')) return 'copying';
  return tables.every(({ verification }) => verification !== null) ? 'verified' : 'copied';
}
