import type { Clock } from '@sluice/core';
import { type ApiKeys, PostgresUnavailableError, type StoredApiKey } from '@sluice/postgres';

/** So long a key is not asked for again. With the wait below a revoked one is refused within 5 s. */
const FRESH_MS = 3_000;
/** So long a request with a key that was known waits for PostgreSQL before it goes on without. */
const WAIT_MS = 1_000;
/** So long a key goes on while PostgreSQL is away. */
const GRACE_MS = 300_000;

interface Known {
  readonly key: StoredApiKey;
  readonly confirmedMs: number;
}

interface Asking {
  readonly answer: Promise<StoredApiKey | null>;
  readonly sinceMs: number;
}

/** Told by a timer that nothing keeps alive, after so many milliseconds. */
export type After = (ms: number) => Promise<void>;

const free = async (): Promise<void> => undefined;

const afterTimer: After = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

/**
 * The keys of the last requests, so that not each of them asks PostgreSQL. Only keys that there are: whoever tries ids
 * fills no memory. While PostgreSQL is away a known key goes on for five minutes, also one that somebody revokes meanwhile,
 * and an unknown one is answered with 503.
 */
export class KnownKeys {
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Asking>();
  private retryAtMs = 0;

  constructor(
    private readonly keys: Pick<ApiKeys, 'find'>,
    private readonly clock: Clock,
    private readonly after: After = afterTimer,
  ) {}

  /**
   * The key as it was within the last seconds; null where there is none. `toll` is paid before PostgreSQL is asked for an
   * id that was not seen yet, by one of those who wait for it. Throws `POSTGRES_UNAVAILABLE`, and what the toll throws.
   */
  async find(id: string, toll: () => Promise<void>): Promise<StoredApiKey | null> {
    const held = this.held(id);
    if (held) return held;
    const now = this.clock.nowMs();
    const known = this.known.get(id);
    if (!known || now - known.confirmedMs > GRACE_MS) return this.ask(id, toll).answer;
    if (now < this.retryAtMs) return known.key;
    return this.refreshed(id, known, now);
  }

  /** The key where PostgreSQL gave it within the last seconds; else null, whether it exists or not. */
  held(id: string): StoredApiKey | null {
    const known = this.known.get(id);
    return known && this.clock.nowMs() - known.confirmedMs < FRESH_MS ? known.key : null;
  }

  /** As PostgreSQL has it now, or as it was known where that takes too long. */
  private async refreshed(id: string, known: Known, now: number): Promise<StoredApiKey | null> {
    const { answer, sinceMs } = this.ask(id, free);
    const leftMs = sinceMs + WAIT_MS - now;
    if (leftMs <= 0) return known.key;
    try {
      return await Promise.race([answer, this.after(leftMs).then(() => known.key)]);
    } catch (error) {
      if (!(error instanceof PostgresUnavailableError)) throw error;
      return known.key;
    }
  }

  private ask(id: string, toll: () => Promise<void>): Asking {
    const before = this.asking.get(id);
    if (before) return before;
    const answer = this.load(id, toll).finally(() => this.asking.delete(id));
    answer.catch((error: unknown) => this.noteFailure(error)); // Whoever still waits for it is told as well.
    const asking = { answer, sinceMs: this.clock.nowMs() };
    this.asking.set(id, asking);
    return asking;
  }

  private noteFailure(error: unknown): void {
    if (error instanceof PostgresUnavailableError) this.retryAtMs = this.clock.nowMs() + WAIT_MS;
  }

  private async load(id: string, toll: () => Promise<void>): Promise<StoredApiKey | null> {
    await toll();
    const key = await this.keys.find(id);
    if (key) this.known.set(id, { key, confirmedMs: this.clock.nowMs() });
    else this.known.delete(id);
    return key;
  }
}
