import type { LiveValues, ReadLane } from '@sluice/redis';
import type { ReadEntry, ReadRequest } from './tier2';

/** Of the last reads of a namespace; from half on, the next goes the quick way. */
const MOST_TRUST = 3;

/**
 * Reads of entries that are expected to be there and fresh, by plain commands over a lane of their own. Only what turns out
 * to be missing or old asks for its lease, by the script, which looks again. A namespace whose reads mostly ask for a lease
 * goes to the script at once, and comes back when they do so less.
 */
export class QuickReads {
  private readonly trust = new Map<string, number>();

  constructor(
    private readonly lane: Pick<ReadLane, 'read' | 'close'>,
    private readonly byScript: (request: ReadRequest) => Promise<ReadEntry[]>,
  ) {}

  /** Null where this is not the way to read it. Throws what the lane throws. */
  read(request: ReadRequest): Promise<ReadEntry[]> | null {
    const { space, keys, tags, lease } = request;
    const { kind } = space;
    if (keys.length === 0 || tags !== undefined || (kind !== 'text' && kind !== 'bytes')) return null;
    if (lease && (this.trust.get(space.name) ?? MOST_TRUST) * 2 < MOST_TRUST) return this.learned(request);
    return this.lane.read(keys, kind, (live) => this.judged(request, live));
  }

  close(): void {
    this.lane.close();
  }

  private async learned(request: ReadRequest): Promise<ReadEntry[]> {
    const entries = await this.byScript(request);
    this.learn(request, entries.filter(({ lease }) => lease !== 'none').length);
    return entries;
  }

  private judged(request: ReadRequest, live: LiveValues | null): ReadEntry[] | Promise<ReadEntry[]> {
    if (live === null) return this.byScript(request);
    const entries: ReadEntry[] = [];
    let doubtful: number[] | null = null;
    const belowMs = request.lease ? request.lease.belowMs : -Infinity;
    for (let i = 0; i < live.values.length; i++) {
      const entry = entryOf(live.values[i]!, live.livesMs[i]!);
      entries.push(entry);
      const isMissing = entry.payload === null && (request.lease !== undefined || live.livesMs[i]! !== GONE);
      if (isMissing || entry.lifeMs <= belowMs) (doubtful ??= []).push(i);
    }
    if (request.lease) this.learn(request, doubtful?.length ?? 0);
    return doubtful === null ? entries : this.completed(request, entries, doubtful);
  }

  private async completed(
    request: ReadRequest,
    entries: ReadEntry[],
    doubtful: readonly number[],
  ): Promise<ReadEntry[]> {
    const read = await this.byScript({ ...request, keys: doubtful.map((i) => request.keys[i]!) });
    doubtful.forEach((at, i) => (entries[at] = read[i]!));
    return entries;
  }

  private learn({ space: { name }, keys }: ReadRequest, doubtful: number): void {
    const before = this.trust.get(name) ?? MOST_TRUST;
    const after = doubtful * 2 > keys.length ? Math.max(before - 1, 0) : Math.min(before + 1, MOST_TRUST);
    if (after !== before) this.trust.set(name, after);
  }
}

/** What `PTTL` says of a key that is not there. */
const GONE = -2;

function entryOf(value: string | Buffer | null, leftMs: number): ReadEntry {
  const isThere = value !== null && leftMs !== GONE; // Written between the two: the script finds it.
  return {
    payload: isThere ? value : null,
    lifeMs: !isThere ? 0 : leftMs < 0 ? Infinity : leftMs,
    lease: 'none',
    ticket: null,
  };
}
