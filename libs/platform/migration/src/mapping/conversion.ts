import type { Zone } from '@sluice/legacy';

/**
 * How one legacy value becomes one target value. A conversion is data, not code: independent programs read it (the fast
 * lanes, the exact lane and the verifier), and its JSON text is part of the checkpoint's fingerprint.
 *
 * The rules that every reader follows, and the bad inputs of the reliability table that they answer:
 * - `text`     TEXT as it is; BLOB, INTEGER and REAL are quarantined (B27); a NUL or bytes that are not UTF-8 are
 *              quarantined (B05, B06). An empty text stays an empty text.
 * - `integer`  INTEGER as it is, 64 bits (B11). A REAL without fraction and within +-2^53 becomes that integer
 *              (rule `real-to-integer`); other REALs and texts are quarantined (B12, B13, B14); an empty text is NULL
 *              (rule `empty-to-null`, B15).
 * - `decimal`  INTEGER or finite REAL, rounded half-even at `scale` from the double's exact binary value (rule
 *              `rounded`, counted only where the shortest decimal of the double has more digits than `scale`, B20);
 *              infinities (B18) and values beyond `precision` (B20) are quarantined.
 * - `float`    REAL bit for bit, infinities and -0.0 included (B18, B19); INTEGER within +-2^53 as the same number;
 *              texts are quarantined, an empty text is NULL (`empty-to-null`).
 * - `boolean`  INTEGER 0 or 1, REAL 0.0 or 1.0 (`real-to-boolean`), texts t/f/true/false/yes/no/0/1 in any case
 *              (`text-to-boolean`), an empty text is NULL; else quarantined (B17).
 * - `json`     TEXT that is JSON, into jsonb. `NaN` and the infinities as Python writes them follow `nonFinite`: `null`
 *              makes them JSON null (rule `non-finite-to-null`, original kept, B01, B02). A repeated key: the last one
 *              wins, as Python reads it (rule `duplicate-key`, original kept, B09). A zero with a minus loses it (rule
 *              `negative-zero`, original kept, B19). `\u0000` and lone surrogates are quarantined (B04, B07), as is deeper nesting than 1,000 (B44) and a number beyond what Postgres' numeric
 *              holds (B10). Text that is not JSON: with `bareText` it becomes a JSON string (rule `bare-text`, original
 *              kept), else it is quarantined (B43). An empty text is quarantined, or with `bareText` the string "".
 * - `timestamp` ISO 8601 as Python and SQLite write it: date, `T` or one blank, hours, minutes, seconds, 0 to 6 digits of
 *              a fraction, then nothing (read in `zone`), `Z` or an offset (`+05:30`, `+0530`, `+05`). 7 to 9 digits
 *              are cut to 6 (rule `nanoseconds-cut`, original kept, B26). A bare date is midnight in `zone` (rule
 *              `date-only`). INTEGER or REAL: an epoch in seconds, milliseconds or microseconds where the instant falls
 *              in the years 2001 to 2100 in exactly one of them (rules `epoch-s`, `epoch-ms`, `epoch-us`, original
 *              kept, B21), else quarantined. Impossible dates, 24:00, second 60 and words are quarantined (B23); years
 *              1 to 9999 are kept (B24); an empty text is NULL (`empty-to-null`).
 * - `date`     TEXT `YYYY-MM-DD`, a real day; an empty text is NULL (`empty-to-null`).
 * A NULL, or a rule's NULL, in a column that is not `nullable` quarantines the row (B32). A row whose texts and blobs have
 * together more than `MAX_ROW_BYTES` is quarantined unread (B29).
 */
export type Conversion =
  | { readonly kind: 'text'; readonly nullable: boolean }
  | { readonly kind: 'integer'; readonly nullable: boolean }
  | { readonly kind: 'decimal'; readonly nullable: boolean; readonly precision: number; readonly scale: number }
  | { readonly kind: 'float'; readonly nullable: boolean }
  | { readonly kind: 'boolean'; readonly nullable: boolean }
  | { readonly kind: 'json'; readonly nullable: boolean; readonly nonFinite: 'null'; readonly bareText: boolean }
  | { readonly kind: 'timestamp'; readonly nullable: boolean; readonly zone: Zone }
  | { readonly kind: 'date'; readonly nullable: boolean };

/**
 * Longer than any legacy row by far. A string of JavaScript ends at 512 MiB and a row of PostgreSQL at 1 GiB; what quotes and
 * escapes add must fit into both as well.
 */
export const MAX_ROW_BYTES = 250_000_000;

/** Deeper than any legacy payload by far, and shallow enough for every reader of JSON. */
export const MAX_JSON_DEPTH = 1000;

export type { Zone };

/** Microseconds east of UTC. */
export const zoneOffsetUs: Readonly<Record<Zone, number>> = { UTC: 0, 'Asia/Kolkata': 19_800_000_000 };

export const text: Conversion = { kind: 'text', nullable: false };
export const integer: Conversion = { kind: 'integer', nullable: false };
export const float: Conversion = { kind: 'float', nullable: false };
export const boolean: Conversion = { kind: 'boolean', nullable: false };
export const date: Conversion = { kind: 'date', nullable: false };
export const decimal = (digits: { precision: number; scale: number }): Conversion => ({
  kind: 'decimal',
  nullable: false,
  ...digits,
});
export const json = (policy: { bareText?: boolean } = {}): Conversion => ({
  kind: 'json',
  nullable: false,
  nonFinite: 'null',
  bareText: policy.bareText ?? false,
});
export const timestamp = (reading: { zone: Zone }): Conversion => ({ kind: 'timestamp', nullable: false, ...reading });
export const nullable = (conversion: Conversion): Conversion => ({ ...conversion, nullable: true });
