import { payloadBytes } from '../codec/store';
import { inBatches } from '../engine/batches';
import type { StoreOutcome, StoreRequest } from './tier2';

interface Waiting {
  readonly request: StoreRequest;
  readonly resolve: (outcome: StoreOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins the stores of one turn of the event loop: what was loaded together is stored with one command for 500 entries or a
 * mebibyte of them, and a lone store waits for nobody.
 */
export class StoreBatches {
  private waiting = new Map<string, Waiting[]>();

  /** `send` is given requests of one namespace. */
  constructor(private readonly send: (requests: readonly StoreRequest[]) => Promise<StoreOutcome[]>) {}

  store(request: StoreRequest): Promise<StoreOutcome> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) process.nextTick(() => this.flush());
      const { name } = request.space;
      const waiting = this.waiting.get(name);
      if (waiting) waiting.push({ request, resolve, reject });
      else this.waiting.set(name, [{ request, resolve, reject }]);
    });
  }

  private flush(): void {
    const groups = this.waiting;
    this.waiting = new Map();
    for (const waiting of groups.values())
      void inBatches(
        waiting,
        (batch) => this.sendBatch(batch),
        ({ request }) => payloadBytes(request.payload),
      );
  }

  /** Never throws: whatever comes is told to those who wait. */
  private async sendBatch(batch: readonly Waiting[]): Promise<[]> {
    try {
      const outcomes = await this.send(batch.map(({ request }) => request));
      batch.forEach(({ resolve }, i) => resolve(outcomes[i]!));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    return [];
  }
}
