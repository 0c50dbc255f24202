import type { CacheStore } from '@sluice/cache';
import type { CacheEntry, CacheTarget } from '../mapping/legacy-table';
import { digestOf } from '../state/entries';

/**
 * How the rows of a batch were found: `logged`, the legacy program has just written them; `seen`, one of them or a neighbour has
 * changed since the last look; `whole`, nobody knows since when, because nothing vouches for their table.
 */
export type EntriesFoundBy = 'logged' | 'seen' | 'whole';

export interface EntryChanges {
  readonly foundBy: EntriesFoundBy;
  /** What the file says now, by the entries' keys. */
  readonly wanted: ReadonlyMap<string, CacheEntry>;
  /** Entries of which the file says nothing any more. */
  readonly dead: readonly string[];
  /** Digests of what it said before; of entries of which it said nothing there is none. */
  readonly said: ReadonlyMap<string, string | null>;
}

interface Held {
  readonly value: string;
  readonly ttlMs: number;
}

/** Clocks and round trips; a life is not read at the moment at which it was made. */
const LIFE_TOLERANCE_MS = 1_000;

/**
 * Tells the cache what the file says. What the legacy program has just written is set, and what it has just deleted goes. Of
 * rows that were found in another way most have not changed, and the API may have written their entries since: what is not what
 * the file said before is somebody else's, and stays unless the file's is known to be newer.
 */
export async function writeEntries(
  cache: CacheStore,
  target: CacheTarget,
  changes: EntryChanges,
): Promise<{ readonly written: number; readonly deleted: number }> {
  const { foundBy, wanted, dead } = changes;
  const all = [...wanted.values()];
  if (foundBy === 'logged') {
    if (all.length > 0) await cache.setMany(all);
    return { written: all.length, deleted: dead.length > 0 ? await cache.deleteMany(dead) : 0 };
  }
  const held = await heldOf(cache, all);
  const added = await cache.addMany(all.filter((_, at) => !held[at])); // What somebody has written meanwhile stays, too.
  const better = all.filter((entry, at) => held[at] && isFiles(entry, held[at], target, changes));
  if (better.length > 0) await cache.setMany(better);
  const ours = await stillOurs(cache, changes);
  const deleted = ours.length > 0 ? await cache.deleteMany(ours) : 0;
  return { written: better.length + added.filter(Boolean).length, deleted };
}

async function heldOf(cache: CacheStore, entries: readonly CacheEntry[]): Promise<(Held | null)[]> {
  if (entries.length === 0) return [];
  const values = await cache.readMany(entries);
  const lives = await cache.ttlMsMany(entries.map(({ key }) => key));
  return values.map((value, at) => {
    const ttlMs = lives[at] ?? null;
    return value === null || ttlMs === null ? null : { value, ttlMs };
  });
}

/** Whether the file's entry takes the place of the one that the cache holds. */
function isFiles(entry: CacheEntry, held: Held, { madeAtMs }: CacheTarget, { foundBy, said }: EntryChanges): boolean {
  if (held.value === entry.value) return entry.ttlMs > held.ttlMs + LIFE_TOLERANCE_MS;
  const before = said.get(entry.key);
  const isOurs = digestOf(held.value) === before;
  if (isOurs && foundBy === 'seen') return true;
  if (digestOf(entry.value) === before) return false; // The file says what it said before; the other one came later.
  const [file, other] = [madeAtMs?.(entry.value) ?? null, madeAtMs?.(held.value) ?? null];
  if (file !== null && other !== null) return file > other;
  return isOurs || foundBy === 'seen';
}

/** Of the dead entries those that are what the file said; whether they are hashes nobody knows any more. */
async function stillOurs(cache: CacheStore, { dead, said }: EntryChanges): Promise<string[]> {
  if (dead.length === 0) return [];
  const texts = await cache.readMany(dead.map((key) => ({ key })));
  const hashes = await cache.readMany(dead.map((key) => ({ key, type: 'hash' as const })));
  return dead.filter((key, at) => {
    const value = texts[at] ?? hashes[at] ?? null;
    return value !== null && digestOf(value) === said.get(key);
  });
}
