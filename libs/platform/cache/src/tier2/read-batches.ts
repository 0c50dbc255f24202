import type { ReadEntry, ReadRequest } from './tier2';

/** A script with more keys would keep other clients waiting. */
const MAX_KEYS = 512;

interface Waiting {
  readonly request: ReadRequest;
  readonly resolve: (entries: ReadEntry[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins the reads of one turn of the event loop into one command: 128 callers cost one round trip, and a lone caller waits
 * for nobody. Reads of different caches, with and without tags, or with different rights to load, stay apart.
 */
export class ReadBatches {
  private waiting = new Map<string, Waiting[]>();

  constructor(private readonly send: (request: ReadRequest) => Promise<ReadEntry[]>) {}

  read(request: ReadRequest): Promise<ReadEntry[]> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) process.nextTick(() => this.flush());
      const { space, tags, lease } = request;
      const own = tags ? `${space.name}\0` : space.name;
      const group = lease ? `${own}\0${lease.lifeMs}\0${lease.belowMs}` : own;
      const waiting = this.waiting.get(group);
      if (waiting) waiting.push({ request, resolve, reject });
      else this.waiting.set(group, [{ request, resolve, reject }]);
    });
  }

  private flush(): void {
    const groups = this.waiting;
    this.waiting = new Map();
    for (const waiting of groups.values()) {
      let batch: Waiting[] = [];
      let keys = 0;
      for (const one of waiting) {
        if (keys > 0 && keys + one.request.keys.length > MAX_KEYS) {
          void this.sendBatch(batch);
          [batch, keys] = [[], 0];
        }
        batch.push(one);
        keys += one.request.keys.length;
      }
      void this.sendBatch(batch);
    }
  }

  /** Never throws: whatever comes is told to those who wait. */
  private async sendBatch(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    try {
      const entries = await this.send(batch.length === 1 ? first.request : joined(batch));
      let from = 0;
      for (const { request, resolve } of batch) resolve(entries.slice(from, (from += request.keys.length)));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function joined(batch: readonly Waiting[]): ReadRequest {
  const requests = batch.map(({ request }) => request);
  const tags = requests.flatMap((request) => request.tags ?? []);
  return {
    ...requests[0]!,
    keys: requests.flatMap(({ keys }) => keys),
    ...(tags.length > 0 ? { tags } : {}),
  };
}
