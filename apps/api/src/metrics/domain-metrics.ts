import type { CollectedMetrics } from '@sluice/observability';
import { DomainStates, Postgres, PostgresUnavailableError } from '@sluice/postgres';
import { Gauge } from 'prom-client';

/**
 * The mode of each domain that moves between a legacy file and PostgreSQL, and what waits between the two. While PostgreSQL is
 * away nothing is said: an old number would look like a good one.
 */
export class DomainMetrics {
  private readonly mode: Gauge;
  private readonly numbers: Readonly<Record<'waiting' | 'dead' | 'oldestSeconds' | 'divergences', Gauge>>;

  constructor(
    metrics: CollectedMetrics,
    private readonly postgres: Postgres,
    private readonly states: DomainStates,
  ) {
    const registers = [metrics.registry];
    const gauge = (name: string, help: string): Gauge =>
      new Gauge({ name: `sluice_domain_${name}`, help, labelNames: ['domain'], registers });
    this.mode = new Gauge({
      name: 'sluice_domain_mode',
      help: 'The mode of a domain: 1 with its name.',
      labelNames: ['domain', 'mode'],
      registers,
    });
    this.numbers = {
      waiting: gauge('outbox_rows', 'Rows that wait to be carried into the legacy files.'),
      dead: gauge('outbox_dead_rows', 'Rows that a legacy file refused.'),
      oldestSeconds: gauge('outbox_oldest_seconds', 'How long the oldest row has waited.'),
      divergences: gauge('open_divergences', 'Rows that the sides did not agree on and nobody has settled.'),
    };
  }

  async refresh(): Promise<void> {
    for (const gauge of [this.mode, ...Object.values(this.numbers)]) gauge.reset();
    try {
      await this.postgres.ping();
      for (const { domain, mode, ...numbers } of await this.states.list()) {
        this.mode.set({ domain, mode }, 1);
        for (const [name, gauge] of Object.entries(this.numbers))
          gauge.set({ domain }, numbers[name as keyof typeof numbers]);
      }
    } catch (error) {
      if (!(error instanceof PostgresUnavailableError)) throw error;
    }
  }
}
