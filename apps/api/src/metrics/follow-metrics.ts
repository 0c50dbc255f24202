import type { CollectedMetrics } from '@sluice/observability';
import { LegacyFollowRepository, Postgres, PostgresUnavailableError } from '@sluice/postgres';
import { Gauge } from 'prom-client';

/**
 * How far behind the legacy files each followed table is. While PostgreSQL is away nothing is said: an old number would look
 * like a good one.
 */
export class FollowMetrics {
  private readonly lagRows: Gauge;
  private readonly lagSeconds: Gauge;
  private readonly running: Gauge;

  constructor(
    metrics: CollectedMetrics,
    private readonly postgres: Postgres,
    private readonly follows: LegacyFollowRepository,
  ) {
    const gauge = (name: string, help: string): Gauge =>
      new Gauge({ name: `sluice_legacy_follow_${name}`, help, labelNames: ['table'], registers: [metrics.registry] });
    this.lagRows = gauge('lag_rows', 'Changes of a legacy table that are known and not applied.');
    this.lagSeconds = gauge('lag_seconds', 'Since when a legacy table may have changes that are not applied.');
    this.running = gauge('running', 'Whether a follower of the table is alive.');
  }

  async refresh(): Promise<void> {
    for (const gauge of [this.lagRows, this.lagSeconds, this.running]) gauge.reset();
    try {
      await this.postgres.ping();
      for (const { table, lagRows, lagSeconds, state } of await this.follows.list()) {
        this.lagRows.set({ table }, lagRows);
        if (lagSeconds !== null) this.lagSeconds.set({ table }, lagSeconds);
        this.running.set({ table }, state === 'following' ? 1 : 0);
      }
    } catch (error) {
      if (!(error instanceof PostgresUnavailableError)) throw error;
    }
  }
}
