import type { CacheEngine, CacheSummary } from '@sluice/cache';
import { Counter, Gauge, Registry } from 'prom-client';

type Count = 'misses' | 'staleServed' | 'loads' | 'loadErrors' | 'overtaken' | 'corrupt' | 'writes' | 'removed' | 'queued' | 'queuedWrites' | 'invalidations' | 'gaps' | 'bypassed'; // prettier-ignore

/** One number per cache and process. */
const COUNTS: Readonly<Record<Count, readonly [name: string, help: string]>> = {
  misses: ['misses', 'Reads that found nothing to serve.'],
  staleServed: ['stale_served', 'Stale values served.'],
  loads: ['loads', 'Loads begun.'],
  loadErrors: ['load_errors', 'Loads that failed.'],
  overtaken: ['loads_overtaken', 'Loaded values not stored because an invalidation came first.'],
  corrupt: ['corrupt', 'Entries that did not decode.'],
  writes: ['writes', 'Values written, by callers or after a load.'],
  removed: ['removed', 'Entries removed, or made stale.'],
  queued: ['queued', 'Invalidations that had to wait for the shared tier.'],
  queuedWrites: ['queued_writes', 'Values taken that their source is given later.'],
  invalidations: ['invalidations', 'Invalidations made here.'],
  gaps: ['gaps', 'Times that invalidations of other processes were missed.'],
  bypassed: ['bypassed', 'Reads that went past the cache because it is paused.'],
};

/**
 * The numbers of all caches as Prometheus reads them. Labels are the cache, the tier and the class of a failure: nothing
 * grows with the keys.
 */
export class CacheMetrics {
  static readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  constructor(
    private readonly engine: Pick<CacheEngine, 'link' | 'hearsOthers' | 'tier1' | 'list' | 'scheduler'>,
    private readonly list: () => readonly CacheSummary[],
  ) {}

  /** A registry of its own for each answer: what it reads are counters already. */
  async text(): Promise<string> {
    const registry = new Registry();
    this.addCaches(registry, this.list());
    const isOpen = this.engine.link.breaker.state === 'closed' ? 0 : 1;
    gauge(registry, 'breaker_open', 'Whether the shared tier is given a rest.', []).set(isOpen);
    gauge(registry, 'pending_invalidations', 'Keys whose invalidation waits for the shared tier.', []).set(
      this.engine.link.pendingKeys,
    );
    this.addMemory(registry);
    gauge(registry, 'hears_others', 'Whether invalidations of others are heard at once.', []).set(
      this.engine.hearsOthers ? 1 : 0,
    );
    return registry.metrics();
  }

  private addMemory(registry: Registry): void {
    const { tier1, scheduler } = this.engine;
    gauge(registry, 'memory_entries', 'Entries in the memory of this process.', []).set(tier1.size);
    counter(registry, 'memory_evicted', 'Entries that left it for want of room.', []).inc(tier1.evicted);
    const bytes = gauge(registry, 'memory_bytes', 'What the entries take in the memory of this process.', [
      'namespace',
    ]);
    const lag = gauge(registry, 'invalidation_lag_seconds', 'For how long an invalidation of another process can have gone unheard.', ['namespace']); // prettier-ignore
    for (const { name: namespace, space } of this.engine.list()) {
      bytes.set({ namespace }, space.heldBytes);
      if (space.confirmedMs > -Infinity) lag.set({ namespace }, (scheduler.nowMs() - space.confirmedMs) / 1_000);
    }
  }

  private addCaches(registry: Registry, caches: readonly CacheSummary[]): void {
    const hits = counter(registry, 'hits', 'Values served, by tier.', ['namespace', 'tier']);
    const failures = counter(registry, 'tier2_failures', 'Calls of the shared tier that failed, by class.', ['namespace', 'class']); // prettier-ignore
    const loadSeconds = counter(registry, 'load_seconds', 'Time spent loading.', ['namespace']);
    const paused = gauge(registry, 'paused', 'Whether it is paused.', ['namespace']);
    const running = gauge(registry, 'running_loads', 'Loads at this moment.', ['namespace']);
    for (const { name: namespace, counters, state, runningLoads } of caches) {
      hits.inc({ namespace, tier: '1' }, counters.tier1Hits);
      hits.inc({ namespace, tier: '2' }, counters.tier2Hits);
      for (const [failure, count] of Object.entries(counters.failures))
        failures.inc({ namespace, class: failure }, count);
      loadSeconds.inc({ namespace }, counters.loadMs / 1_000);
      paused.set({ namespace }, state === 'paused' ? 1 : 0);
      running.set({ namespace }, runningLoads);
    }
    for (const [count, [name, help]] of Object.entries(COUNTS)) {
      const metric = counter(registry, name, help, ['namespace']);
      for (const { name: namespace, counters } of caches) metric.inc({ namespace }, counters[count as Count]);
    }
  }
}

function counter(registry: Registry, name: string, help: string, labelNames: string[]): Counter {
  return new Counter({ name: `sluice_cache_${name}_total`, help, labelNames, registers: [registry] });
}

function gauge(registry: Registry, name: string, help: string, labelNames: string[]): Gauge {
  return new Gauge({ name: `sluice_cache_${name}`, help, labelNames, registers: [registry] });
}
