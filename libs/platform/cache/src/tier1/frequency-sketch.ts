import type { Held, Order } from './sampled-entries';

/** Uses counted per entry that there may be, after which all counts are halved. */
const USES_UNTIL_HALVED = 10;
const COUNTERS_PER_ENTRY = 4;
const MOST = 255;

/**
 * How often keys were used of late, also keys that are not held: so a new one that is asked for again and again gets in at
 * last, and one that was hot once goes. Counts of TinyLFU: two counters for each key in a table of fixed size, of which the
 * lower one is nearer to the truth, and all of them halved now and then.
 */
export class FrequencySketch implements Order {
  private readonly counters: Uint8Array;
  private readonly mask: number;
  private readonly usesUntilHalved: number;
  private uses = 0;

  constructor(maxEntries: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(maxEntries * COUNTERS_PER_ENTRY, 1024)));
    this.counters = new Uint8Array(size);
    this.mask = size - 1;
    this.usesUntilHalved = Math.max(maxEntries, 100) * USES_UNTIL_HALVED;
  }

  used(id: string): void {
    const hash = hashOf(id);
    for (const at of [hash & this.mask, second(hash) & this.mask]) if (this.counters[at]! < MOST) this.counters[at]!++;
    if (++this.uses >= this.usesUntilHalved) this.halve();
  }

  worth({ id }: Pick<Held, 'id'>): number {
    const hash = hashOf(id);
    return Math.min(this.counters[hash & this.mask]!, this.counters[second(hash) & this.mask]!);
  }

  private halve(): void {
    this.uses = 0;
    for (let at = 0; at < this.counters.length; at++) this.counters[at]! >>>= 1;
  }
}

/** FNV-1a over the UTF-16 units, mixed. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return second(hash);
}

/** Another number from the same bits (the last step of MurmurHash3). */
function second(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
