/** Keys above `from` up to and including `to`; null is open. */
export interface KeyRange {
  readonly from: bigint | null;
  readonly to: bigint | null;
}

/**
 * What a lane gives for a range: bytes for COPY, the keys of rows that it does not vouch for and left out, and how many
 * values a declared rule changed, by `column: rule`.
 */
export type RangePart =
  { readonly bytes: Buffer } | { readonly odd: readonly bigint[] } | { readonly rules: ReadonlyMap<string, number> };
export type RangeStream = Generator<RangePart, void, undefined>;

/**
 * A way from the legacy file to COPY bytes at full speed. A lane vouches for plain values only; what is odd goes through
 * the exact lane, in the same transaction.
 */
export interface Lane {
  readonly name: 'pages' | 'sql';
  /** `COPY ... FROM STDIN WITH (...)` for the bytes of `stream`. */
  readonly copySql: string;
  /** Ranges that cover all keys without gap or overlap, in order; the same for the same snapshot. */
  plan(): KeyRange[];
  stream(range: KeyRange): RangeStream;
}
