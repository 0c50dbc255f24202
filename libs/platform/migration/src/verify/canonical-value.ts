import { isUtf8 } from 'node:buffer';
import { zoneOffsetUs, type Conversion } from '../mapping/conversion';
import type { LabelChoice, LabelReading } from '../mapping/legacy-table';
import { decimalText, scaledHalfEven, shortestFractionDigits } from './decimal-text';
import { floatText } from './float-text';
import { readDay, readStamp, stampText, type InstantUs } from './instant';
import { JsonCanon, jsonString } from './json-canon';

/** A value as the file holds it: TEXT as its UTF-8 bytes under `text`, everything else by its storage class. */
export type StoredValue =
  | { readonly storage: 'null' }
  | { readonly storage: 'integer'; readonly value: bigint }
  | { readonly storage: 'real'; readonly value: number }
  | { readonly storage: 'text'; readonly bytes: Buffer }
  | { readonly storage: 'blob'; readonly bytes: Buffer };

/** What the target must print for a value, the declared rules that changed it, and whether its original must be kept. */
export interface Canonical {
  readonly text: string | null;
  readonly rules: readonly string[];
  readonly keepOriginal: boolean;
}

/** The row belongs into quarantine. */
export interface Refused {
  readonly refused: string;
}

/** The operator's reading of a mislabelled column, with the witness's value of the same row. */
export interface Relabel {
  readonly choice: LabelChoice;
  readonly reading: LabelReading;
  readonly witness: StoredValue;
}

const TWO_53 = 2 ** 53;
const TRUE = ['t', 'true', 'yes', '1'];
const FALSE = ['f', 'false', 'no', '0'];
/** An epoch must fall in the years 2001 to 2100. */
const EPOCH_FROM_US = BigInt(Date.UTC(2001, 0, 1)) * 1000n;
const EPOCH_TO_US = BigInt(Date.UTC(2101, 0, 1)) * 1000n;
const EPOCHS = [
  { rule: 'epoch-s', digits: 6 },
  { rule: 'epoch-ms', digits: 3 },
  { rule: 'epoch-us', digits: 0 },
] as const;
/** The end of a witness: a true UTC time behind its last colon. */
const WITNESS = /(?:^|:)(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)$/;

const canon = new JsonCanon();
const plain = (text: string | null): Canonical => ({ text, rules: [], keepOriginal: false });
const ruled = (text: string | null, rule: string, keepOriginal = false): Canonical => ({
  text,
  rules: [rule],
  keepOriginal,
});
const refuse = (refused: string): Refused => ({ refused });

/** The rules of `mapping/conversion.ts` once more, from the text of their declaration and from no other code. */
export function canonicalValue(value: StoredValue, conversion: Conversion, relabel?: Relabel): Canonical | Refused {
  const outcome = value.storage === 'null' ? plain(null) : converted(value, conversion, relabel);
  return 'text' in outcome && outcome.text === null && !conversion.nullable
    ? refuse('NULL in a required column')
    : outcome;
}

type Present = Exclude<StoredValue, { storage: 'null' }>;

function converted(value: Present, conversion: Conversion, relabel: Relabel | undefined): Canonical | Refused {
  if (value.storage === 'blob') return refuse('a BLOB');
  if (value.storage === 'text' && !isUtf8(value.bytes)) return refuse('bytes that are not UTF-8');
  if (value.storage === 'text' && value.bytes.includes(0)) return refuse('a NUL character');
  switch (conversion.kind) {
    case 'text':
      return value.storage === 'text' ? plain(value.bytes.toString()) : refuse('not a text');
    case 'json':
      return value.storage === 'text' ? jsonOf(value.bytes, conversion.bareText) : refuse('not a text');
    case 'date':
      return value.storage === 'text' ? dateOf(value.bytes.toString()) : refuse('not a text');
    case 'timestamp':
      return stampOf(value, zoneOffsetUs[conversion.zone], relabel);
    case 'boolean':
      return booleanOf(value);
    case 'integer':
    case 'decimal':
    case 'float':
      if (value.storage !== 'text') return numberOf(value, conversion);
      return value.bytes.length === 0 ? ruled(null, 'empty-to-null') : refuse('a text in place of a number');
  }
}

type Numeric = Extract<Conversion, { kind: 'integer' | 'decimal' | 'float' }>;

function numberOf(value: Exclude<Present, { bytes: Buffer }>, conversion: Numeric): Canonical | Refused {
  switch (conversion.kind) {
    case 'integer':
      if (value.storage === 'integer') return plain(value.value.toString());
      if (!Number.isInteger(value.value) || Math.abs(value.value) > TWO_53) return refuse('no integer');
      return ruled(BigInt(value.value).toString(), 'real-to-integer');
    case 'float':
      if (value.storage === 'real') return plain(floatText(value.value));
      return value.value > TWO_53 || value.value < -TWO_53
        ? refuse('more digits than a double holds')
        : plain(floatText(Number(value.value)));
    case 'decimal':
      return decimalOf(value, conversion);
  }
}

function decimalOf(
  value: Exclude<Present, { bytes: Buffer }>,
  digits: { precision: number; scale: number },
): Canonical | Refused {
  if (value.storage === 'real' && !Number.isFinite(value.value)) return refuse('not finite');
  const scaled =
    value.storage === 'integer' ? value.value * 10n ** BigInt(digits.scale) : scaledHalfEven(value.value, digits.scale);
  const text = decimalText(scaled, digits);
  if (text === null) return refuse('beyond the precision');
  const rounded = value.storage === 'real' && shortestFractionDigits(value.value) > digits.scale;
  return rounded ? ruled(text, 'rounded') : plain(text);
}

function booleanOf(value: Exclude<Present, { storage: 'blob' }>): Canonical | Refused {
  if (value.storage === 'text') {
    const word = value.bytes.toString().toLowerCase();
    if (word === '') return ruled(null, 'empty-to-null');
    if (TRUE.includes(word)) return ruled('t', 'text-to-boolean');
    return FALSE.includes(word) ? ruled('f', 'text-to-boolean') : refuse('no boolean');
  }
  const number = Number(value.value);
  if (number !== 0 && number !== 1) return refuse('no boolean');
  const text = number === 1 ? 't' : 'f';
  return value.storage === 'real' ? ruled(text, 'real-to-boolean') : plain(text);
}

function dateOf(text: string): Canonical | Refused {
  if (text === '') return ruled(null, 'empty-to-null');
  return readDay(text) === null ? refuse('no date') : plain(text);
}

function jsonOf(bytes: Buffer, bareText: boolean): Canonical | Refused {
  const end = canon.write(bytes, 0, bytes.length, 0);
  if (end < 0) {
    const bare = bareText && canon.fault === 'syntax';
    return bare ? ruled(jsonString(bytes.toString()), 'bare-text', true) : refuse(`no jsonb: ${canon.fault}`);
  }
  const { rules } = canon;
  return { text: canon.out.toString('utf8', 0, end), rules, keepOriginal: rules.length > 0 };
}

function stampOf(value: Exclude<Present, { storage: 'blob' }>, eastUs: number, relabel?: Relabel): Canonical | Refused {
  if (value.storage !== 'text') return epochOf(value);
  const text = value.bytes.toString();
  if (text === '') return ruled(null, 'empty-to-null');
  const reading = readStamp(text, eastUs);
  if (!reading) return refuse('no timestamp');
  const rules = reading.form === 'time' ? [] : [reading.form === 'day' ? 'date-only' : 'nanoseconds-cut'];
  const keepOriginal = reading.form === 'nanoseconds';
  if (!relabel || reading.label !== 'Z' || !isMoved(reading.instant, relabel)) {
    return { text: stampText(reading.instant), rules, keepOriginal };
  }
  const moved = readStamp(text.slice(0, -1), zoneOffsetUs[relabel.choice.actualZone]);
  if (!moved) return refuse('no timestamp in its true zone');
  rules.push(`relabelled-${relabel.choice.actualZone}`);
  return { text: stampText(moved.instant), rules, keepOriginal: true };
}

/** Does the operator's reading move this value, which is `labelled` as UTC? */
function isMoved(labelled: InstantUs, { choice, reading, witness }: Relabel): boolean {
  if (reading === 'as-labelled') return false;
  const shiftUs = BigInt(zoneOffsetUs[choice.actualZone]);
  const slackUs = BigInt(choice.proof.slackSeconds) * 1_000_000n;
  const tail = witness.storage === 'text' ? WITNESS.exec(witness.bytes.toString())?.[1] : undefined;
  const truth = tail === undefined ? null : readStamp(tail, 0);
  const aheadUs = truth ? labelled - truth.instant : null;
  const reads = (topUs: bigint): boolean => aheadUs !== null && aheadUs <= topUs && aheadUs >= topUs - slackUs;
  return reading === 'all' ? !reads(0n) : reads(shiftUs);
}

/** A number in a timestamp's place, where exactly one unit puts it into the years 2001 to 2100. */
function epochOf(value: Exclude<Present, { bytes: Buffer }>): Canonical | Refused {
  if (value.storage === 'real' && !Number.isFinite(value.value)) return refuse('no epoch');
  const found = EPOCHS.flatMap(({ rule, digits }) => {
    const instant =
      value.storage === 'integer' ? value.value * 10n ** BigInt(digits) : scaledHalfEven(value.value, digits);
    return instant >= EPOCH_FROM_US && instant < EPOCH_TO_US ? [{ rule, instant }] : [];
  });
  const only = found.length === 1 ? found[0] : undefined;
  return only ? ruled(stampText(only.instant), only.rule, true) : refuse('no epoch');
}
