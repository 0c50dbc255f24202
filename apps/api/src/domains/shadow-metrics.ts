import type { CollectedMetrics } from '@sluice/observability';
import type { ShadowFinding } from '@sluice/trading-feature';
import { Counter } from 'prom-client';

/** Of this process. Operations and results are a few dozen words of this program. */
export class ShadowMetrics {
  private readonly reads: Counter;

  constructor(metrics: CollectedMetrics) {
    this.reads = new Counter({
      name: 'sluice_shadow_reads_total',
      help: 'Reads that were asked of both sides, by how they compared: equal, explained, unexplained, skipped, failed.',
      labelNames: ['operation', 'result'],
      registers: [metrics.registry],
    });
  }

  note({ operation, verdict }: ShadowFinding): void {
    this.reads.inc({ operation, result: verdict });
  }
}
