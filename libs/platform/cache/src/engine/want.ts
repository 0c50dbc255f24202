import type { Asked } from './entries';
import type { Loader } from './answer';

/** One key that is wanted, with everything that is known about it so far. */
export interface Want<K, V> {
  readonly key: K;
  readonly id: string;
  readonly loader: Loader<V>;
  readonly asked: Asked;
  readonly startedMs: number;
  readonly freshMs: number | undefined;
  /** Its loader passes the gate by itself, once for many keys. */
  readonly isBulk?: boolean;
  /** Nobody waits for it: it loads, and is never answered with what is there. */
  readonly isBehind?: boolean;
}
