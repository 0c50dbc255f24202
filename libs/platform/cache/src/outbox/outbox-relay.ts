import { messageOf } from '@sluice/core';
import type { WriteResult } from '../engine/writes';
import type { AnyCache, CacheEngine } from '../engine/cache-engine';
import { RelayLoop, retryMs } from './relay-loop';

/** An invalidation that a relay has in hand; `attempt` counts from 1. */
export interface ClaimedInvalidation {
  readonly id: bigint;
  readonly namespace: string;
  /** Keys of the shared tier, or every one of the namespace. */
  readonly keys: readonly string[] | '*';
  readonly tags: readonly string[];
  readonly attempt: number;
}

/** Where invalidations wait that belong to committed writes. What it throws is tried again. */
export interface InvalidationOutbox<Claimed extends ClaimedInvalidation = ClaimedInvalidation> {
  /** The oldest that are due in these namespaces, in their order; nobody else is given them before `claimMs` has passed. */
  claim(namespaces: readonly string[], limit: number, claimMs: number): Promise<readonly Claimed[]>;
  delivered(claimed: readonly Claimed[]): Promise<void>;
  failed(claimed: Claimed, retryMs: number, reason: string): Promise<void>;
  /** Calls `listener` whenever something may have been added, which tells when it was looked at; the answer ends that. */
  onCommitted(listener: () => Promise<void>): () => void;
}

export interface OutboxRelayOptions {
  readonly engine: CacheEngine;
  readonly outbox: InvalidationOutbox;
  /** Between two looks at the outbox; 1000. */
  readonly pollMs?: number;
  /** Given the first failure of each time in which the outbox itself cannot be asked. */
  readonly onError?: (error: unknown) => void;
}

export interface OutboxCounters {
  readonly delivered: number;
  /** Attempts that did not reach the shared tier, or that named what the cache does not have. */
  readonly failed: number;
  /** Looks at an outbox that did not answer. */
  readonly outages: number;
}

const BATCH = 200;
/** Longer than a batch can take: each call of the shared tier ends by its own hard limit. */
const CLAIM_MS = 30_000;

/**
 * Brings invalidations from the outbox to the caches of this process's engine, and so to every process. Delivery is at least
 * once: the row is deleted only after the shared tier has taken the invalidation, and a relay that dies in between leaves it
 * to be delivered again, which removes no more than a value that is loaded anew. For the same reason rows of one key need no
 * common relay: in whatever order two removals arrive, the key is removed after both commits.
 *
 * A namespace that this process does not have is left for a process that has it; its rows are the outbox's backlog.
 */
export class OutboxRelay {
  private readonly loop: RelayLoop;
  private delivered = 0;
  private failed = 0;

  constructor(private readonly options: OutboxRelayOptions) {
    const { pollMs, onError, engine, outbox } = options;
    const { scheduler } = engine;
    const onDue = (listener: () => Promise<void>) => outbox.onCommitted(listener);
    const work = async () => (await this.deliverDue()) === BATCH;
    this.loop = new RelayLoop({ scheduler, pollMs, onError, onDue, work });
  }

  get counters(): OutboxCounters {
    return { delivered: this.delivered, failed: this.failed, outages: this.loop.outages };
  }

  /** Delivers from now on: at once after a commit of this process, else by looking. */
  start(): void {
    this.loop.start();
  }

  /** Ends after the delivery that runs; safe to call again. */
  close(): Promise<void> {
    return this.loop.close();
  }

  /** Looks now, and once more where it was called meanwhile. Never throws. */
  wake(): Promise<void> {
    return this.loop.wake();
  }

  /** Delivers what is due; answers how many there were. Throws what the outbox throws. */
  async deliverDue(): Promise<number> {
    const { engine, outbox } = this.options;
    const namespaces = engine.list().map(({ name }) => name);
    const claimed = await outbox.claim(namespaces, BATCH, CLAIM_MS);
    for (const [name, rows] of byNamespace(claimed)) {
      const cache = engine.find(name)!;
      const misfits = new Map(rows.flatMap((row) => entryOf(row, misfitOf(cache, row))));
      const good = rows.filter((row) => !misfits.has(row));
      for (const [row, reason] of misfits) await this.putOff([row], reason);
      const failure = good.length === 0 ? null : await deliver(cache, good);
      if (failure !== null) await this.putOff(good, failure);
      else if (good.length > 0) {
        await outbox.delivered(good);
        this.delivered += good.length;
      }
    }
    return claimed.length;
  }

  private async putOff(rows: readonly ClaimedInvalidation[], reason: string): Promise<void> {
    this.failed += rows.length;
    for (const row of rows) await this.options.outbox.failed(row, retryMs(row.attempt), reason);
  }
}

function byNamespace(rows: readonly ClaimedInvalidation[]): Map<string, ClaimedInvalidation[]> {
  const groups = new Map<string, ClaimedInvalidation[]>();
  for (const row of rows) {
    const group = groups.get(row.namespace);
    if (group) group.push(row);
    else groups.set(row.namespace, [row]);
  }
  return groups;
}

function entryOf<R>(row: R, reason: string | null): [R, string][] {
  return reason === null ? [] : [[row, reason]];
}

/** Why no attempt can succeed until the program or the row is another; null where it can. */
function misfitOf(cache: AnyCache, { keys, tags }: ClaimedInvalidation): string | null {
  if (tags.length > 0 && !cache.declaration.tags) return `The cache ${cache.name} has no tags.`;
  if (keys !== '*' && !keys.every((key) => cache.space.owns(key)))
    return `It names a key that is not one of the cache ${cache.name}.`;
  return null;
}

/** One removal for all rows; null where the shared tier took everything, else why it did not. */
async function deliver(cache: AnyCache, rows: readonly ClaimedInvalidation[]): Promise<string | null> {
  try {
    if (rows.some(({ keys }) => keys === '*')) return refusalOf(await cache.clear());
    const keys = [...new Set(rows.flatMap((row) => [...row.keys]))];
    const refusal = keys.length === 0 ? null : refusalOf(await cache.deleteIds(keys));
    if (refusal !== null) return refusal;
    const tags = [...new Set(rows.flatMap((row) => row.tags))];
    return tags.length === 0 ? null : refusalOf(await cache.invalidateTags(tags));
  } catch (error) {
    return messageOf(error);
  }
}

function refusalOf({ tier2, reason }: WriteResult): string | null {
  return tier2 === 'written' ? null : (reason ?? tier2);
}
