import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So many bytes of buffers may wait for V8 to notice that nobody needs them. */
const RELIEF_BYTES = 4 * 1024 * 1024;

let collectGarbage: ((options: { type: 'minor' }) => void) | null = null;

/**
 * Keeps a stream of short-lived buffers from piling up: they lie outside V8's heap, so that V8 sees little reason to
 * collect them, and a long run grows to several times of what it uses. A minor collection, which takes about a
 * millisecond, every few megabytes bounds that.
 */
export class MemoryRelief {
  private passed = 0;

  /** To be told of each buffer that was used up. */
  after(bytes: number): void {
    this.passed += bytes;
    if (this.passed < RELIEF_BYTES) return;
    this.passed = 0;
    collectGarbage ??= exposedCollector();
    collectGarbage({ type: 'minor' });
  }
}

function exposedCollector(): (options: { type: 'minor' }) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (options: { type: 'minor' }) => void;
}
