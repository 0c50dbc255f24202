import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface CollectedMetrics {
  readonly registry: Registry;
  /** A number that is read when somebody asks; null where it is not known now: then nothing is said of it. */
  readonly gauge: (name: string, help: string, read: () => number | null) => void;
}

/**
 * A registry of the numbers of this process: memory, processor, garbage collection, event loop with its lag, by the names
 * that dashboards know (`process_...`, `nodejs_...`).
 */
export function collectedMetrics(): CollectedMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    gauge: (name, help, read) => {
      new Gauge({
        ...{ name, help, registers: [registry] },
        collect() {
          const value = read();
          if (value === null) this.remove();
          else this.set(value);
        },
      });
    },
  };
}
