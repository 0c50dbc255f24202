import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { CacheOutbox, CacheWriteBack, Postgres, PostgresUnavailableError, type CacheBacklog } from '@sluice/postgres';

/** What waits longer than this says that the shared tier is away, that a table takes nothing, or that nobody delivers. */
const DEGRADED_LAG_MS = 60_000;

/**
 * Never down: old values in a cache have their own end, and a write that waits is durable. It tells how many invalidations
 * wait, how many writes of caches that are written back, and for how long.
 */
@Injectable()
export class CacheOutboxIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly postgres: Postgres,
    private readonly outbox: CacheOutbox,
    private readonly writeBack: CacheWriteBack,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('cacheOutbox');
    try {
      await this.postgres.ping(); // A frozen server is given up after two seconds, not after a statement's time.
      const [outbox, writes] = [await this.outbox.backlog(), await this.writeBack.backlog()];
      const degraded = Math.max(outbox.lagMs, writes.lagMs) > DEGRADED_LAG_MS;
      return indicator.up({ degraded, ...shown(outbox), writes: shown(writes) });
    } catch (error) {
      if (error instanceof PostgresUnavailableError) return indicator.up({ degraded: true, code: error.code });
      throw error;
    }
  }
}

const shown = ({ lagMs, ...rest }: CacheBacklog): CacheBacklog => ({ ...rest, lagMs: Math.round(lagMs) });
