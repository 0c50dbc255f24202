import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { LegacyFollowRepository, type LegacyFollowState, Postgres, PostgresUnavailableError } from '@sluice/postgres';

/** Beyond this the legacy program's changes come too slowly to be called live. */
const DEGRADED_LAG_SECONDS = 60;

/** Never down: what is served is right as of the last change that came. It tells how far behind the legacy files that is. */
@Injectable()
export class LegacyFollowIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly postgres: Postgres,
    private readonly follows: LegacyFollowRepository,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('legacyFollow');
    try {
      await this.postgres.ping(); // A frozen server is given up after two seconds, not after a statement's time.
      const tables = await this.follows.list();
      return indicator.up({ ...summaryOf(tables), tables });
    } catch (error) {
      if (error instanceof PostgresUnavailableError) return indicator.up({ state: 'unknown', tables: [] });
      throw error;
    }
  }
}

/** `none` where nothing was ever followed; else the worst state of a table, and the longest lag. */
export function summaryOf(tables: readonly Pick<LegacyFollowState, 'state' | 'lagRows' | 'lagSeconds'>[]): {
  readonly state: LegacyFollowState['state'] | 'none';
  readonly degraded: boolean;
  readonly lagRows: number;
  readonly lagSeconds: number | null;
} {
  const state = (['failed', 'lost', 'ended', 'following'] as const).find((one) => tables.some((table) => table.state === one)); // prettier-ignore
  const lags = tables.map(({ lagSeconds }) => lagSeconds);
  const lagSeconds = lags.includes(null) || lags.length === 0 ? null : Math.round(Math.max(...lags.map(Number)));
  const isLate = tables.length > 0 && (lagSeconds === null || lagSeconds > DEGRADED_LAG_SECONDS);
  return {
    state: state ?? 'none',
    degraded: state === 'failed' || state === 'lost' || (state === 'following' && isLate),
    lagRows: tables.reduce((sum, { lagRows }) => sum + lagRows, 0),
    lagSeconds,
  };
}
