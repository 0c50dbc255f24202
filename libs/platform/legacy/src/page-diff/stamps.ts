import type { Bounds } from '../salvage/table-page';

/** So many bytes of a hash count. A hash is a string of bytes (`latin1`), which costs less than a buffer each. */
export const HASH_BYTES = 16;
/** The hash of keys of which nothing is known. It is equal to no other, not even to itself. */
export const unknownHash = '\0'.repeat(HASH_BYTES);
/** Stands for "no bound" among the keys; no leaf has it, because the last one has no bound. */
const noBound = 2n ** 63n - 1n;

/**
 * What the keys of a table looked like, interval by interval and without a gap: each stamp is for the keys above the stamp
 * before it up to its own `upTo`, and the last has no bound. Its hash names the content of a leaf (or of a run of rows) that
 * held every row of the interval, and perhaps others. So where two stamps have one hash, the rows in both intervals are the
 * same rows, wherever the intervals begin and end.
 *
 * 24 bytes a stamp: 6 MB per GB of a table, as its leaves have 4 KiB.
 */
export class Stamps {
  private constructor(
    private readonly keys: BigInt64Array,
    private readonly hashes: Buffer,
    readonly count: number,
  ) {}

  /** Of a table of which nothing is known: everything in it may have changed. */
  static readonly unknown = Stamps.of(new BigInt64Array([noBound]), Buffer.alloc(HASH_BYTES));

  /** What `raw` gave, or was written of it. */
  static of(keys: BigInt64Array, hashes: Buffer): Stamps {
    return new Stamps(keys, hashes, keys.length);
  }

  upTo(index: number): bigint | null {
    return index >= this.count - 1 ? null : (this.keys[index] ?? noBound);
  }

  hash(index: number): string {
    return this.hashes.toString('latin1', index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  /** True where both name the same rows; never where nothing is known of one of them. */
  isSame(index: number, other: Stamps, otherIndex: number): boolean {
    const [from, otherFrom] = [index * HASH_BYTES, otherIndex * HASH_BYTES];
    const [to, otherTo] = [from + HASH_BYTES, otherFrom + HASH_BYTES];
    return this.hashes.compare(other.hashes, otherFrom, otherTo, from, to) === 0 && this.hash(index) !== unknownHash;
  }

  /** The first stamp that is for keys above this one. */
  indexAbove(key: bigint | null): number {
    if (key === null) return 0;
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.keys[middle] ?? noBound) > key) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The stamp that is for this key. */
  indexUpTo(key: bigint | null): number {
    return key === null ? this.count - 1 : this.indexAbove(key - 1n);
  }

  /** For a file; `Stamps.of` takes it back. Keys ascend, and the last is none; 16 bytes of hash for each. */
  raw(): { readonly keys: BigInt64Array; readonly hashes: Buffer } {
    return { keys: this.keys, hashes: this.hashes };
  }
}

/** Builds a list of stamps in key order. Neighbours with one hash become one. */
export class StampBuilder {
  private keys = new BigInt64Array(256);
  private hashes = Buffer.allocUnsafe(256 * HASH_BYTES);
  private count = 0;
  private lastHash = '';

  /** `upTo` is above that of the stamp before; null for the last. */
  add(upTo: bigint | number | null, hash: string): void {
    const counted = hash.slice(0, HASH_BYTES);
    if (this.count > 0 && counted === this.lastHash) this.count--;
    else {
      if (this.count === this.keys.length) this.grow();
      this.hashes.write(counted, this.count * HASH_BYTES, 'latin1');
    }
    this.lastHash = counted;
    this.keys[this.count++] = upTo === null ? noBound : BigInt(upTo);
  }

  /** The list, whose last stamp loses its bound. The builder is not used any more. */
  finish(): Stamps {
    if (this.count === 0) return Stamps.unknown;
    this.keys[this.count - 1] = noBound;
    return Stamps.of(this.keys.slice(0, this.count), Buffer.from(this.hashes.subarray(0, this.count * HASH_BYTES)));
  }

  private grow(): void {
    const keys = new BigInt64Array(2 * this.count);
    keys.set(this.keys);
    const hashes = Buffer.allocUnsafe(2 * this.hashes.length);
    this.hashes.copy(hashes);
    [this.keys, this.hashes] = [keys, hashes];
  }
}

/** Stamps of the keys in one interval, all taken in one transaction. The last is up to the interval's end. */
export interface Patch extends Bounds {
  readonly stamps: readonly { readonly upTo: bigint | null; readonly hash: string }[];
}

/** The stamps with those of some intervals replaced. The patches are in key order and lie apart. */
export function patched(stamps: Stamps, patches: readonly Patch[]): Stamps {
  const built = new StampBuilder();
  let done: bigint | null = null;
  let index = 0;
  for (const patch of patches) {
    // What is left of the old stamps before the patch begins.
    for (; patch.after !== null && (done === null || done < patch.after); index++) {
      const upTo: bigint | null = stamps.upTo(index);
      done = upTo === null || upTo > patch.after ? patch.after : upTo;
      built.add(done, stamps.hash(index));
      if (done !== upTo) break;
    }
    for (const { upTo, hash } of patch.stamps) built.add(upTo, hash);
    if (patch.to === null) return built.finish();
    done = patch.to;
    index = stamps.indexAbove(done);
  }
  for (; index < stamps.count; index++) built.add(stamps.upTo(index), stamps.hash(index));
  return built.finish();
}
