import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { CacheOutbox, Postgres, PostgresUnavailableError } from '@sluice/postgres';

/** An invalidation that waits longer than this says that the shared tier is away, or that nobody can deliver it. */
const DEGRADED_LAG_MS = 60_000;

/** Never down: old values in a cache have their own end. It tells how many invalidations wait, and for how long. */
@Injectable()
export class CacheOutboxIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly postgres: Postgres,
    private readonly outbox: CacheOutbox,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('cacheOutbox');
    try {
      await this.postgres.ping(); // A frozen server is given up after two seconds, not after a statement's time.
      const { waiting, retried, lagMs } = await this.outbox.backlog();
      return indicator.up({ degraded: lagMs > DEGRADED_LAG_MS, waiting, retried, lagMs: Math.round(lagMs) });
    } catch (error) {
      if (error instanceof PostgresUnavailableError) return indicator.up({ degraded: true, code: error.code });
      throw error;
    }
  }
}
