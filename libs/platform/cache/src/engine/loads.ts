import { CachePayloadError } from '../codec/codec.errors';
import type { PolicyOptions } from '../declare/policy';
import type { ReadEntry, Ticket } from '../tier2/tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import type { Answer, AnswerState, BulkLoader, Loader } from './answer';
import { LoadBackOffError } from './cache.errors';
import type { Entries, Found } from './entries';
import type { Leases } from './leases';
import type { LoaderRuns } from './loader-runs';
import { pause, type Scheduler } from './scheduler';
import type { Tier2Link } from './tier2-link';
import type { Want } from './want';

export interface LoadParts<K, V> {
  readonly entries: Entries<K, V>;
  readonly link: Tier2Link;
  readonly leases: Leases;
  readonly runs: LoaderRuns<K, V>;
  readonly scheduler: Scheduler;
  readonly policy: () => PolicyOptions;
}

interface Flight<V> {
  readonly answer: Promise<Answer<V>>;
  readonly startedMs: number;
}

/** Null where the shared tier cannot be asked. */
type Reading = Promise<readonly ReadEntry[] | null>;

const SLOW = Symbol('slow');
const FIRST_WAIT_MS = 3;
const LONGEST_WAIT_MS = 50;

/**
 * Finds a value or loads it, once: callers of one process share a flight, and processes share a lease in the shared tier.
 *
 *   tier 2 fresh            → answer
 *   lease granted           → load, store under the lease, answer
 *   another process loads   → serve stale, or wait and look again
 *   a load failed just now  → serve stale, or fail until its back-off is over
 *   tier 2 away             → load for this process alone; nothing is stored, so nothing old can come back
 *
 * An invalidation takes the flight away from its key: callers that come after it begin another one.
 */
export class Loads<K, V> {
  private readonly flights = new Map<string, Flight<V>>();
  private readonly refreshing = new Set<string>();

  constructor(private readonly parts: LoadParts<K, V>) {}

  get running(): number {
    return this.flights.size;
  }

  /** Joins the flight of the key, or starts it. */
  join(key: K, id: string, loader: Loader<V>, freshMs?: number): Promise<Answer<V>> {
    const running = this.joinable(id);
    if (running) return running;
    const want = this.wantOf(key, id, loader, freshMs);
    return this.fly(want, this.find(want));
  }

  /** Callers that come from now on do not share what is already on its way. */
  detach(id?: string): void {
    if (id === undefined) this.flights.clear();
    else this.flights.delete(id);
  }

  /** Joins or starts the flights of many keys: one read of the shared tier, and one bulk load of what is missing there. */
  joinMany(wanted: readonly { key: K; id: string }[], loader: BulkLoader<K, V>): Promise<Answer<V>[]> {
    const wants = new Map<string, Want<K, V>>();
    for (const { key, id } of wanted) {
      const single: Loader<V> = async (context) => (await loader([key], context))[0] as V;
      if (!this.joinable(id)) wants.set(id, this.wantOf(key, id, single));
    }
    const many = this.findMany([...wants.values()], loader);
    for (const [id, answer] of many) this.fly(wants.get(id)!, answer);
    return Promise.all(wanted.map(({ id }) => this.flights.get(id)!.answer));
  }

  /** Loads behind the callers' backs; a failure is counted, and the value there is stays. */
  refresh(key: K, id: string, loader: Loader<V>, ticket: Ticket | null, freshMs?: number): void {
    const isBegun = this.behind(id, () => {
      const want = { ...this.wantOf(key, id, loader, freshMs), isBehind: true };
      return ticket ? this.loadUnder(want, ticket) : this.find(want);
    });
    if (!isBegun && ticket) void this.parts.leases.release(id, ticket);
  }

  /** One load of the key at a time goes on without anybody waiting for it; false where one does already. */
  private behind(id: string, load: () => Promise<unknown>): boolean {
    if (this.refreshing.has(id)) return false;
    this.refreshing.add(id);
    load()
      .catch(() => undefined) // Counted where it failed.
      .finally(() => this.refreshing.delete(id));
    return true;
  }

  private wantOf(key: K, id: string, loader: Loader<V>, freshMs?: number): Want<K, V> {
    const asked = this.parts.entries.asked();
    return { key, id, loader, freshMs, asked, startedMs: asked.atMs };
  }

  private fly({ id, startedMs }: Want<K, V>, answer: Promise<Answer<V>>): Promise<Answer<V>> {
    const landed = () => {
      if (this.flights.get(id)?.answer === answer) this.flights.delete(id);
    };
    this.flights.set(id, { answer, startedMs });
    answer.then(landed, landed); // The first to hear of it: whoever is answered can begin another flight.
    return answer;
  }

  /** Not one that may answer with what was invalidated, unheard, longer ago than the ceiling. */
  private joinable(id: string): Promise<Answer<V>> | undefined {
    const flight = this.flights.get(id);
    return flight && this.parts.entries.isWithinCeiling(flight.startedMs) ? flight.answer : undefined;
  }

  private find(want: Want<K, V>): Promise<Answer<V>> {
    const { entries, link } = this.parts;
    if (link.isPending(entries.space, want.id)) return this.loadAlone(want, null);
    const reading = this.readMany([want]);
    const stale = want.isBehind ? null : this.localStale(want.id);
    return stale ? this.decideOrStale(want, reading, stale) : this.decide(want, reading);
  }

  /** What this process holds, where the shared tier is slow. */
  private async decideOrStale(
    want: Want<K, V>,
    reading: Reading,
    stale: { value: V; freshForMs: number },
  ): Promise<Answer<V>> {
    const { policy, scheduler } = this.parts;
    const soon = await Promise.race([reading, pause(scheduler, policy().tier2SoftMs).then(() => SLOW)]);
    if (soon === SLOW) {
      this.decide(want, reading).catch(() => undefined); // Counted where it failed; this caller is answered.
      return this.staleAnswer(stale.value, 1, stale.freshForMs);
    }
    return this.decide(want, reading);
  }

  /** One answer for each, so that a key whose load fails takes nobody else's with it. */
  private findMany(wants: readonly Want<K, V>[], loader: BulkLoader<K, V>): Map<string, Promise<Answer<V>>> {
    const { entries, link } = this.parts;
    const read = wants.filter(({ id }) => !link.isPending(entries.space, id));
    const reading = this.readMany(read);
    const bulk = this.parts.runs.together(loader);
    const find = async (want: Want<K, V>) => {
      const entry = (await reading)?.[read.indexOf(want)];
      const together = { ...want, loader: bulk.of(want.key), isBulk: true };
      return entry ? this.judge(together, entry) : this.loadAlone(together, null);
    };
    return new Map(wants.map((want) => [want.id, find(want)]));
  }

  private async decide(want: Want<K, V>, reading: Reading): Promise<Answer<V>> {
    const entry = (await reading)?.[0];
    return entry ? this.judge(want, entry) : this.loadAlone(want, null);
  }

  /** Null where the shared tier cannot be asked. */
  private read(want: Want<K, V>): Reading {
    const isPending = this.parts.link.isPending(this.parts.entries.space, want.id);
    return isPending ? Promise.resolve(null) : this.readMany([want]);
  }

  private readMany(wants: readonly Want<K, V>[]): Reading {
    const { entries, link, policy } = this.parts;
    const [first] = wants;
    if (!first) return Promise.resolve([]);
    return link.ask(entries.space, (tier2) => {
      const lease = { lifeMs: policy().leaseMs, belowMs: entries.loadBelowMs(first.key) };
      return tier2.read(entries.request(wants, lease));
    });
  }

  /** A hit, which is what most reads are, makes no promise. */
  private judge(want: Want<K, V>, entry: ReadEntry): Answer<V> | Promise<Answer<V>> {
    const found = this.decoded(want, entry);
    if (found === 'corrupt') return this.withoutCorrupt(want, entry);
    if (found && found.freshForMs > 0) {
      if (entry.ticket && want.isBehind) return this.loadUnder(want, entry.ticket);
      this.parts.entries.keep(want.id, found.value, found, want.asked);
      this.parts.entries.space.counters.tier2Hits++;
      if (entry.ticket) this.refresh(want.key, want.id, want.loader, entry.ticket, want.freshMs);
      return answerOf(found.value, 'hit', 2, found.freshForMs, true);
    }
    return this.load(want, entry, found);
  }

  /** What was read; null where there is nothing. */
  private decoded(want: Want<K, V>, entry: ReadEntry): Found<V> | 'corrupt' | null {
    try {
      return this.parts.entries.found(entry, want.key);
    } catch (error) {
      if (error instanceof CachePayloadError) return 'corrupt';
      throw error; // A codec that breaks otherwise is a mistake to see.
    }
  }

  /** Something corrupt is set aside, so that the next look finds nothing. */
  private async withoutCorrupt(want: Want<K, V>, entry: ReadEntry): Promise<Answer<V>> {
    const { entries, link } = this.parts;
    entries.space.counters.corrupt++;
    try {
      await link.call(entries.space, (tier2) => tier2.setAside(want.id));
      if (entry.ticket) await this.parts.leases.release(want.id, entry.ticket);
    } catch (error) {
      if (error instanceof Tier2Error) return this.load(want, entry, null);
      throw error;
    }
    return this.decide(want, this.read(want));
  }

  private load(want: Want<K, V>, entry: ReadEntry, found: Found<V> | null): Promise<Answer<V>> {
    const { entries, policy } = this.parts;
    if (entry.ticket) {
      const { ticket } = entry;
      if (!found || want.isBehind) return this.loadUnder(want, ticket);
      if (policy().staleWhileRevalidate) {
        this.refresh(want.key, want.id, want.loader, ticket, want.freshMs);
        return Promise.resolve(this.staleAnswer(found.value, 2, found.freshForMs));
      }
      return this.staleOr(want, found, () => this.loadUnder(want, ticket));
    }
    // `none` where nothing usable is there: it is corrupt, and the tier could not set it aside.
    const isAlone = entry.lease === 'refused' || entry.lease === 'none';
    if (isAlone) return this.loadAlone(want, found);
    const stale = found ?? this.localStale(want.id);
    if (stale) return Promise.resolve(this.staleAnswer(stale.value, found ? 2 : 1, stale.freshForMs));
    if (entry.lease === 'failed') return Promise.reject(new LoadBackOffError(entries.space.name));
    return this.waitForOther(want);
  }

  /** Another process loads: looks again until it is done, has failed, or takes longer than any load may. */
  private async waitForOther(want: Want<K, V>): Promise<Answer<V>> {
    const { scheduler, policy } = this.parts;
    const untilMs = want.startedMs + policy().loaderHardMs + policy().leaseMs;
    for (let waitMs = FIRST_WAIT_MS; scheduler.nowMs() < untilMs; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      await pause(scheduler, waitMs);
      const again = { ...want, asked: this.parts.entries.asked() };
      const entry = (await this.read(again))?.[0];
      if (!entry) return this.loadAlone(again, null);
      if (entry.payload !== null || entry.lease !== 'taken') return this.judge(again, entry);
    }
    return this.loadAlone(want, null);
  }

  /** Loads with the right to store; the lease is kept up while the loader runs and given back whatever happens. */
  private async loadUnder(want: Want<K, V>, ticket: Ticket): Promise<Answer<V>> {
    const { entries, leases, runs } = this.parts;
    const held = runs.held(want.id);
    if (held) {
      await leases.release(want.id, ticket);
      throw held;
    }
    const stopRenewing = leases.renew(want.id, ticket);
    try {
      const loaded = await runs.run(want);
      stopRenewing();
      if (!loaded.isKept) {
        await leases.release(want.id, ticket);
        return answerOf(loaded.value, 'miss', null, 0, false);
      }
      const prepared = entries.prepare(want.key, loaded.value, loaded.freshMs);
      const { payload, lifeMs } = prepared;
      const outcome = await leases.store({ key: want.id, payload, lifeMs, ticket });
      if (outcome === 'overtaken') entries.space.counters.overtaken++;
      else entries.keep(want.id, prepared.value, prepared, want.asked);
      if (outcome === 'written') entries.space.counters.writes++;
      return answerOf(prepared.value, 'miss', null, prepared.freshForMs, outcome === 'written');
    } catch (error) {
      stopRenewing();
      await leases.release(want.id, ticket, runs.heldForMs(want.id));
      throw error;
    }
  }

  /** The shared tier is away or takes nothing: loads for this process only, and leaves nothing behind elsewhere. */
  private async loadAlone(want: Want<K, V>, found: Found<V> | null): Promise<Answer<V>> {
    const { entries, runs } = this.parts;
    return this.staleOr(want, found, async () => {
      const held = runs.held(want.id);
      if (held) throw held;
      const loaded = await runs.run(want);
      if (!loaded.isKept) return answerOf(loaded.value, 'miss', null, 0, false);
      const prepared = entries.prepare(want.key, loaded.value, loaded.freshMs);
      entries.keep(want.id, prepared.value, prepared, want.asked);
      return answerOf(prepared.value, 'miss', null, prepared.freshForMs, false);
    });
  }

  /**
   * The loaded value; the stale one where loading fails, or takes longer than the soft limit and goes on behind, or where
   * the policy is not to wait for it at all.
   */
  private async staleOr(want: Want<K, V>, found: Found<V> | null, load: () => Promise<Answer<V>>): Promise<Answer<V>> {
    const stale = want.isBehind ? null : (found ?? this.localStale(want.id));
    if (!stale) return load();
    const { scheduler, policy } = this.parts;
    if (policy().staleWhileRevalidate) {
      this.behind(want.id, load);
      return this.staleAnswer(stale.value, found ? 2 : 1, stale.freshForMs);
    }
    const loading = load().catch(() => null); // Counted where it failed: the stale value is what there is.
    const late = pause(scheduler, policy().loaderSoftMs).then(() => null);
    const answer = await Promise.race([loading, late]);
    if (answer) return answer;
    return this.staleAnswer(stale.value, found ? 2 : 1, stale.freshForMs);
  }

  private localStale(id: string): { value: V; freshForMs: number } | null {
    const entry = this.parts.entries.stale(id);
    return entry ? { value: entry.value as V, freshForMs: entry.freshEndsMs - this.parts.scheduler.nowMs() } : null;
  }

  private staleAnswer(value: V, tier: 1 | 2, freshForMs: number): Answer<V> {
    this.parts.entries.space.counters.staleServed++;
    return answerOf(value, 'stale', tier, Math.min(freshForMs, 0), true);
  }
}

function answerOf<V>(
  value: V,
  state: AnswerState,
  tier: 1 | 2 | null,
  freshForMs: number,
  isStored: boolean,
): Answer<V> {
  return { value, state, tier, freshForMs, isStored };
}
