import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/**
 * A registry of the numbers of this process: memory, processor, garbage collection, event loop with its lag, by the names
 * that dashboards know (`process_...`, `nodejs_...`), and of what is added.
 */
export class CollectedMetrics {
  readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** A number that is read when somebody asks; null where it is not known now: then nothing is said of it. */
  gauge(name: string, help: string, read: () => number | null): void {
    new Gauge({
      ...{ name, help, registers: [this.registry] },
      collect() {
        const value = read();
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  }
}
