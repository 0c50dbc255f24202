import { randomUUID } from 'node:crypto';
import type { CacheStore } from '@sluice/cache';
import { DomainError } from '@sluice/core';
import { FILLED, filledMarks, markFilled } from '../state/filled-mark';
import type { BatchApplier } from './apply-batch';
import type { FollowedTable } from './followed-table';

const LOOK_MS = 5_000;

/**
 * Fills the caches of a file again where their Redis was emptied, began without its data, or is another one: a key beside the
 * entries has gone with them. What the API has written since stays. On a cluster of which one node was emptied that key may be
 * on another.
 */
export class FilledCaches {
  private readonly tables: readonly FollowedTable[];
  private lookedMs = -Infinity;

  constructor(
    private readonly cache: CacheStore | null,
    tables: readonly FollowedTable[],
    private readonly applier: Pick<BatchApplier, 'applyInterval'>,
    private readonly say: (text: string) => void,
  ) {
    this.tables = tables.filter(({ table }) => table.target.kind === 'cache');
  }

  /** One question to Redis, and that seldom. */
  async look(): Promise<void> {
    const { cache, tables } = this;
    if (!cache || tables.length === 0 || performance.now() - this.lookedMs < LOOK_MS) return;
    const marks = await marksOf(cache, tables);
    this.lookedMs = performance.now(); // One that is frozen takes its time: so long again nobody asks it.
    for (const followed of tables.filter((_, at) => marks !== null && marks[at] !== FILLED)) {
      this.say(`the cache has lost ${followed.table.name}, which is filled again`);
      await this.fill(cache, followed);
    }
  }

  /** The mark is only made good where nobody has emptied the server meanwhile. */
  private async fill(cache: CacheStore, followed: FollowedTable): Promise<void> {
    const { name } = followed.table;
    const ours = randomUUID();
    await markFilled(cache, name, ours);
    await this.applier.applyInterval(followed, { from: null, to: null });
    const [mark] = await filledMarks(cache, [name]);
    if (mark === ours) await markFilled(cache, name);
    else this.lookedMs = -Infinity;
  }
}

/** Null while Redis is away: that keeps nothing else from being followed, and who has something for it waits by himself. */
async function marksOf(cache: CacheStore, tables: readonly FollowedTable[]): Promise<(string | null)[] | null> {
  try {
    return await filledMarks(
      cache,
      tables.map(({ table }) => table.name),
    );
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'unavailable') return null;
    throw error;
  }
}
