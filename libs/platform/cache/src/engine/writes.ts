import type { CacheDeclaration, PolicyOptions } from '../declare/policy';
import type { Change } from '../tier2/tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import type { Entries, Prepared } from './entries';
import type { Leases } from './leases';
import type { Space } from './space';
import type { Tier2Link } from './tier2-link';

/**
 * What became of a write in each tier. `queued`: the invalidation is delivered when the shared tier is back. `skipped` in
 * tier 1: what was there is gone, and the value is not kept in memory.
 */
export interface WriteResult {
  readonly tier1: 'written' | 'skipped';
  readonly tier2: 'written' | 'queued' | 'failed' | 'skipped';
  /** What became of it behind the cache, for writes that are about both. `queued`: it is durable, and on its way there. */
  readonly source?: 'written' | 'queued';
  /** Why it is not `written`. */
  readonly reason?: string;
}

export interface RemoveResult extends WriteResult {
  /** How many entries there were; null where the shared tier could not be asked. */
  readonly removed: number | null;
}

export interface ToSet<K, V> {
  readonly key: K;
  readonly id: string;
  readonly entry: Prepared<V>;
  /** It must stand when the value is set. */
  readonly lease?: string;
}

interface WriterParts<K, V> {
  readonly declaration: CacheDeclaration<K, V>;
  readonly entries: Entries<K, V>;
  readonly leases: Leases;
  readonly link: Tier2Link;
  readonly nodeId: string;
  readonly policy: () => PolicyOptions;
  /** What this process holds of the key, or is loading, is no longer used. */
  readonly forget: (id: string) => ReturnType<Space['stamp']>;
  /** The same for all keys. */
  readonly drop: () => void;
}

/**
 * The writes of one cache. Whatever this process holds of a key goes before and after the shared tier is told: a read or a
 * load in between keeps nothing that is older than the write. An absent shared tier is no error but a result.
 */
export class Writes<K, V> {
  private readonly space: Space;

  constructor(private readonly parts: WriterParts<K, V>) {
    this.space = parts.entries.space;
  }

  async put(items: readonly ToSet<K, V>[]): Promise<WriteResult[]> {
    const { declaration, entries, forget } = this.parts;
    const changes = items.map(({ key, id, entry, lease }): Change => {
      const tags = declaration.tags?.(key) ?? [];
      const held = lease === undefined ? {} : { lease };
      return { op: 'set', key: id, payload: entry.payload, lifeMs: entry.lifeMs, tags, ...held };
    });
    const stamps = items.map(({ id }) => forget(id));
    const asked = entries.asked();
    const result = await this.change(changes);
    const isTaken = result.tier2 === 'written' || result.tier2 === 'queued';
    return items.map(({ id, entry }, i) => {
      const isAlone = this.space.admits(id, stamps[i]!);
      forget(id);
      return this.keepWritten(id, entry, isAlone && isTaken, asked.atMs, result);
    });
  }

  /**
   * What is behind the cache first. The lease that is taken before is the order of the writers: who has lost it by then
   * stores nothing. Throws what `persist` throws.
   */
  async putAfter(item: ToSet<K, V>, persist: () => Promise<unknown>): Promise<WriteResult> {
    const { entries, leases } = this.parts;
    const { id } = item;
    const ticket = await leases.take(entries.request([item]));
    const stopRenewing = ticket ? leases.renew(id, ticket) : () => undefined;
    await this.persisted(id, persist).finally(stopRenewing);
    return ticket ? (await this.put([{ ...item, lease: ticket.token }]))[0]! : this.remove([id]);
  }

  /** Removes the entry where `persist` fails, for nobody knows how much it wrote. Throws what it throws. */
  async persisted(id: string, persist: () => Promise<unknown>): Promise<void> {
    try {
      await persist();
    } catch (error) {
      await this.remove([id]);
      throw error;
    }
  }

  remove(ids: readonly string[]): Promise<RemoveResult> {
    return this.end(ids.map((key) => ({ op: 'remove', key })));
  }

  /** At most this grace is left, and no more than leaves the entry stale; where nothing does, it is removed. */
  expire(ids: readonly string[], graceMs: number): Promise<RemoveResult> {
    const leftMs = Math.min(graceMs, this.parts.entries.expiredLifeMs);
    return leftMs === 0 ? this.remove(ids) : this.end(ids.map((key) => ({ op: 'expire', key, graceMs: leftMs })));
  }

  /** A change that may be about any entry. */
  async changeAll(work: () => Promise<unknown>): Promise<WriteResult> {
    this.parts.drop();
    try {
      await work();
      return { tier1: 'written', tier2: 'written' };
    } catch (error) {
      return this.queued(error, '*');
    } finally {
      this.parts.drop();
    }
  }

  private async end(changes: readonly Change[]): Promise<RemoveResult> {
    const { forget } = this.parts;
    if (changes.length === 0) return { tier1: 'skipped', tier2: 'skipped', removed: 0 };
    for (const { key } of changes) forget(key);
    const result = await this.change(changes);
    for (const { key } of changes) forget(key);
    this.space.counters.removed += result.removed ?? 0;
    return result;
  }

  private keepWritten(id: string, entry: Prepared<V>, isKept: boolean, atMs: number, result: WriteResult): WriteResult {
    if (!isKept || !this.parts.policy().tier1 || this.space.isPaused) return { ...result, tier1: 'skipped' };
    const isInMemory = this.parts.entries.keep(id, entry.value, entry, { atMs, stamp: this.space.stamp() });
    return isInMemory ? result : { ...result, tier1: 'skipped' };
  }

  /** One message for all. Where the shared tier has no room for a value, at least the old one goes. */
  private async change(changes: readonly Change[]): Promise<RemoveResult> {
    const { link, nodeId } = this.parts;
    const { counters } = this.space;
    const ids = changes.map(({ key }) => key);
    const isAnew = !changes.some(({ op }) => op === 'expire'); // What is only expired may be older than what waits.
    const done = isAnew ? link.changing(this.space, ids) : () => undefined;
    try {
      const { existed, overtaken } = await link.call(this.space, (tier2) => tier2.change(this.space, changes, nodeId));
      done(true);
      counters.invalidations++;
      counters.writes += changes.filter(({ op }) => op === 'set').length;
      const removed = existed.filter(Boolean).length;
      if (!overtaken.includes(true)) return { tier1: 'written', tier2: 'written', removed };
      counters.overtaken++;
      const reason = 'Another write came between: the entry is removed.';
      return { tier1: 'skipped', tier2: 'skipped', removed, reason };
    } catch (error) {
      done(false);
      if (error instanceof Tier2Error && error.failure === 'oom' && changes.some(({ op }) => op === 'set')) {
        const removed = await this.change(ids.map((key) => ({ op: 'remove', key })));
        return { ...removed, tier2: removed.tier2 === 'written' ? 'failed' : removed.tier2, reason: error.message };
      }
      return { ...this.queued(error, ids), removed: null };
    }
  }

  private queued(error: unknown, ids: readonly string[] | '*'): WriteResult {
    if (!(error instanceof Tier2Error)) throw error;
    this.parts.link.queue(this.space, ids);
    return { tier1: 'written', tier2: 'queued', reason: error.message };
  }
}
