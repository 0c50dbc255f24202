import { json } from '../codec/json';
import { cacheOf } from '../declare/cache-of';
import type { CacheDeclaration } from '../declare/policy';
import type { Cache } from '../engine/cache';
import { CacheEngine } from '../engine/cache-engine';
import { freshFor } from '../freshness/freshness';
import { FaultyTier2, type SimulatedServer } from './faulty-tier2';
import type { ManualScheduler, ProcessScheduler } from './manual-scheduler';
import type { SeededRandom } from './seeded-random';
import type { SimulatedValue } from './simulated-truth';

export type SimulatedDeclaration = CacheDeclaration<string, SimulatedValue>;

export const CEILING_MS = 3_000;
export const LOADER_HARD_MS = 4_000;
export const LEASE_MS = 1_500;

/** The policy of one run: what matters differs from seed to seed. */
export function declarationOf(random: SeededRandom): SimulatedDeclaration {
  return {
    name: 'sim',
    version: 1,
    about: 'The truth of a simulation.',
    key: (key) => key,
    store: json<SimulatedValue>(),
    fresh: freshFor(random.pick([1_500, 60_000, 3_600_000])),
    graceMs: random.pick([0, 0, 5_000, 600_000]),
    staleWhileRevalidate: random.isBelow(0.3),
    refreshAheadMs: random.pick([0, 0, 1_000]),
    negativeMs: random.pick([1_000, 3_600_000]),
    backoffMs: 200,
    loaderSoftMs: 500,
    loaderHardMs: LOADER_HARD_MS,
    leaseMs: LEASE_MS,
    staleCeilingMs: CEILING_MS,
    ...(random.isBelow(0.3) ? { tags: (key: string) => [tagOf(key)] } : {}),
  };
}

export const TAGS = ['even', 'odd'];
export const tagOf = (key: string) => TAGS[Number(key.slice(1)) % 2]!;

/** One process: its engine with one cache, its link to the server and its clocks. */
export class SimulatedNode {
  readonly scheduler: ProcessScheduler;
  readonly link: FaultyTier2;
  readonly engine: CacheEngine;
  readonly cache: Cache<string, SimulatedValue>;
  /** When it was last paused; Infinity while it is. */
  private pausedMs = -Infinity;

  constructor(
    readonly name: string,
    clock: ManualScheduler,
    server: SimulatedServer,
    random: SeededRandom,
    declaration: SimulatedDeclaration,
  ) {
    this.scheduler = clock.process(random.from(-10, 10) * 60_000);
    this.link = new FaultyTier2(server, this.scheduler, random);
    this.engine = new CacheEngine({
      tier2: this.link,
      scheduler: this.scheduler,
      random: () => random.next(),
      nodeId: name,
    });
    this.cache = new (cacheOf(declaration))(this.engine);
  }

  get isAlive(): boolean {
    return this.scheduler.isAlive;
  }

  /** Nothing that it began goes on. */
  async crash(): Promise<void> {
    this.scheduler.isAlive = false;
    await this.link.close();
  }

  /** As `CacheAdministration` does it. */
  pause(isPaused: boolean): void {
    if (this.cache.space.isPaused === isPaused) return;
    this.pausedMs = isPaused ? Infinity : this.scheduler.nowMs();
    this.cache.space.isPaused = isPaused;
    this.cache.drop();
  }

  /** Whether it may have been without the shared tier since then, paused or not. */
  isInTroubleSince(ms: number): boolean {
    const { breaker, pendingKeys } = this.engine.link;
    return this.pausedMs >= ms || this.link.failedMs >= ms || breaker.state !== 'closed' || pendingKeys > 0;
  }
}
