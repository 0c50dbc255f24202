import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Without options it is a major collection, of some 10 milliseconds. */
type Collect = (options?: { type: 'minor' }) => void;
let collector: Collect | null = null;

/** Frees what nobody needs any more: memory, and what the objects in it hold of the system. */
export function collectGarbage(options?: { type: 'minor' }): void {
  if (!collector) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as Collect;
  }
  if (options) collector(options);
  else collector();
}
