import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { collectGarbage } from '@sluice/legacy';

/** What a legacy value that is read as such takes beside its own bytes: some objects, a text, a closure. */
export const VALUE_BYTES = 512;

/** So many bytes of buffers may wait for V8 to notice that nobody needs them. */
const RELIEF_BYTES = 4 * 1024 * 1024;
/** What outlived the minor collections may grow by so much; a major one takes about 20 milliseconds. */
const MAJOR_BYTES = 12 * 1024 * 1024;

/** What the process holds after its last major collection may grow to this. */
let ceiling = 0;

// What V8 sets aside for the young would grow to 32 MB, which this process, that collects often, has no use for.
setFlagsFromString('--semi-space-growth-factor=1');

/**
 * Keeps a stream of short-lived values from piling up: buffers lie outside V8's heap, so that V8 sees little reason to
 * collect them, and its heap grows as long as the machine has memory; a long run grows to several times of what it uses.
 * A minor collection, which takes about a millisecond, every few megabytes bounds what dies young, and a major one, where
 * that does not suffice, the rest.
 */
export class MemoryRelief {
  private passed = 0;

  /** To be told of each buffer that was used up. */
  after(bytes: number): void {
    this.passed += bytes;
    if (this.passed < RELIEF_BYTES) return;
    this.passed = 0;
    collectGarbage({ type: 'minor' });
    if (ceiling === 0) ceiling = bytesInUse() + MAJOR_BYTES;
    if (bytesInUse() >= ceiling) this.collect();
  }

  /** Frees all that nobody needs any more: before something large. */
  collect(): void {
    collectGarbage();
    ceiling = bytesInUse() + MAJOR_BYTES;
  }
}

function bytesInUse(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
