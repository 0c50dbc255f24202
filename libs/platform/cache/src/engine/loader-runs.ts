import type { PolicyOptions } from '../declare/policy';
import type { BulkLoader, LoadContext, Loader } from './answer';
import type { BackOff } from './back-off';
import { LoadBackOffError, LoadTimeoutError } from './cache.errors';
import type { Entries } from './entries';
import type { LoadGate } from './load-gate';
import type { Scheduler } from './scheduler';
import type { Want } from './want';

export interface Loaded<V> {
  readonly value: V;
  /** Another fresh life than the declaration's. */
  readonly freshMs: number | undefined;
  /** Whether it is to be stored: a cache may keep no "there is none". */
  readonly isKept: boolean;
}

/** Runs the loaders of one cache: through its gate, within the hard limit, counted, and not again too soon after a failure. */
export class LoaderRuns<K, V> {
  constructor(
    private readonly entries: Entries<K, V>,
    private readonly scheduler: Scheduler,
    private readonly policy: () => PolicyOptions,
    private readonly backOff: BackOff,
    private readonly gate: LoadGate,
  ) {}

  /** Why the key is not loaded now; null where it may be. */
  held(id: string): LoadBackOffError | null {
    const failure = this.backOff.current(id);
    return failure && new LoadBackOffError(this.entries.space.name, failure.cause);
  }

  /** For how long nobody is to try again. */
  heldForMs(id: string): number {
    return this.backOff.current(id)?.forMs ?? 0;
  }

  /** Throws what the loader throws, and `LoadTimeoutError`. */
  async run(want: Want<K, V>): Promise<Loaded<V>> {
    const { entries, backOff, scheduler, policy } = this;
    const { counters } = entries.space;
    let { freshMs } = want;
    const abort = new AbortController();
    const context: LoadContext = { signal: abort.signal, keepFor: (ms) => (freshMs = ms) };
    counters.loads++;
    counters.misses++;
    const startedMs = scheduler.nowMs();
    try {
      const work = () => this.limited(async () => want.loader(context), abort);
      const value = await (want.isBulk ? work() : this.gate.run(work));
      backOff.clear(want.id);
      const isKept = value !== null || (policy().negativeMs > 0 && entries.canHoldNull);
      return { value, freshMs: value === null ? undefined : freshMs, isKept };
    } catch (error) {
      counters.loadErrors++;
      this.holdBack(want.id, error);
      throw error;
    } finally {
      counters.loadMs += scheduler.nowMs() - startedMs;
    }
  }

  /**
   * Whoever has nothing stale meanwhile is answered with the failure, so that holds nobody back for long, however often it
   * failed before: a second after its source is back the value is there again.
   */
  private holdBack(id: string, error: unknown): void {
    const { backoffMs } = this.policy();
    const shortMs = Math.ceil(backoffMs / 10);
    if (this.entries.stale(id) !== undefined) this.backOff.failed(id, error, backoffMs);
    else this.backOff.failed(id, error, shortMs, shortMs);
  }

  /** A loader for each key, which wait for each other within one turn and load together. */
  together(loader: BulkLoader<K, V>): { of: (key: K) => Loader<V> } {
    let batch: { keys: K[]; values: Promise<readonly (V | null)[]> } | null = null;
    return {
      of: (key) => async (context) => {
        if (!batch) {
          const keys: K[] = [];
          const values = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
            batch = null;
            return this.gate.run(() => loader(keys, context));
          });
          batch = { keys, values };
        }
        const { keys, values } = batch;
        const index = keys.push(key) - 1;
        return ((await values)[index] ?? null) as V;
      },
    };
  }

  private async limited(work: () => Promise<V>, abort: AbortController): Promise<V> {
    const limitMs = this.policy().loaderHardMs;
    return new Promise<V>((resolve, reject) => {
      const cancel = this.scheduler.after(limitMs, () => {
        const error = new LoadTimeoutError(this.entries.space.name, limitMs);
        abort.abort(error);
        reject(error);
      });
      work().then(resolve, reject).finally(cancel);
    });
  }
}
