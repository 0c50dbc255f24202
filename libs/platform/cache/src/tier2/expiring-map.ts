interface Held<T> {
  readonly value: T;
  readonly endsMs: number;
  readonly sizeBytes: number;
}

export interface Room {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Enough that what has ended goes several times quicker than it comes. */
const LOOKED_AT_PER_SET = 8;
/** Beside key and value, about. */
const ENTRY_BYTES = 200;

/**
 * Values with an end, within both bounds: the one written longest ago goes first. What has ended and is never asked for
 * again goes with the writes of others, a few at each, so that no timer is needed.
 */
export class ExpiringMap<T> {
  private readonly held = new Map<string, Held<T>>();
  private sweep = this.held.entries();
  private bytes = 0;

  constructor(
    private readonly nowMs: () => number,
    private readonly room: Room,
    private readonly bytesOf: (value: T) => number,
  ) {}

  /** Of what is held, ended or not. */
  get sizeBytes(): number {
    return this.bytes;
  }

  get(key: string): T | undefined {
    return this.live(key)?.value;
  }

  /** Milliseconds left; 0 where there is none. */
  lifeMs(key: string): number {
    const found = this.live(key);
    return found === undefined ? 0 : found.endsMs - this.nowMs();
  }

  set(key: string, value: T, lifeMs: number): void {
    this.delete(key);
    const sizeBytes = this.bytesOf(value) + 2 * key.length + ENTRY_BYTES;
    this.held.set(key, { value, endsMs: this.nowMs() + lifeMs, sizeBytes });
    this.bytes += sizeBytes;
    this.dropEnded();
    const { maxEntries, maxBytes } = this.room;
    for (const oldest of this.held.keys()) {
      if (this.held.size <= maxEntries && this.bytes <= maxBytes) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.bytes -= this.held.get(key)?.sizeBytes ?? 0;
    this.held.delete(key);
  }

  keys(): string[] {
    return [...this.held.keys()].filter((key) => this.live(key) !== undefined);
  }

  clear(): void {
    this.held.clear();
    this.bytes = 0;
  }

  private live(key: string): Held<T> | undefined {
    const found = this.held.get(key);
    if (found === undefined || found.endsMs > this.nowMs()) return found;
    this.delete(key);
    return undefined;
  }

  private dropEnded(): void {
    for (let looked = 0; looked < LOOKED_AT_PER_SET; looked++) {
      const { value: next, done } = this.sweep.next();
      if (done === true) return void (this.sweep = this.held.entries());
      const [key, { endsMs }] = next;
      if (endsMs <= this.nowMs()) this.delete(key);
    }
  }
}
