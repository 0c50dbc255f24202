/** `bypass`: the namespace is paused, so nothing was looked up. */
export type AnswerState = 'hit' | 'stale' | 'miss' | 'bypass';

/** A value with how it was come by. */
export interface Answer<V> {
  readonly value: V;
  readonly state: AnswerState;
  /** 1 for this process's memory, 2 for the shared tier, null for the loader. */
  readonly tier: 1 | 2 | null;
  /** Milliseconds that it stays fresh; not above 0 where it is stale. */
  readonly freshForMs: number;
  /** Whether the shared tier holds what was loaded. */
  readonly isStored: boolean;
}

/** Loads one value. `null` says that there is none. */
export type Loader<V> = (context: LoadContext) => Promise<V> | V;

/** Loads many values, in the order of the keys; null or nothing says that there is none. */
export type BulkLoader<K, V> = (keys: readonly K[], context: LoadContext) => Promise<readonly (V | null)[]>;

export interface LoadContext {
  /** Ends when the load is given up. */
  readonly signal: AbortSignal;
  /** Another fresh life for this value than the declaration's, in milliseconds. */
  keepFor(freshMs: number): void;
}
