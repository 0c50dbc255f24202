import type { Conversion, Zone } from '../mapping/conversion';
import { decimalText, roundDouble, shortestDecimals } from './decimal';
import { jsonText } from './json-text';
import { decodeUtf8, type LegacyValue } from './legacy-value';
import { isReject, reject, type Outcome } from './outcome';
import { epochText, isRealDay, timestampText } from './timestamp-text';

/** The exact lane: any legacy value by the rules of `mapping/conversion.ts`, as PostgreSQL input text. */
export function convert(value: LegacyValue, conversion: Conversion, labelledAs?: Zone): Outcome {
  const outcome: Outcome = value.storage === 'null' ? { text: null } : convertValue(value, conversion, labelledAs);
  if (isReject(outcome) || outcome.text !== null || conversion.nullable) return outcome;
  return reject('B32', 'no value in a column that needs one');
}

type Present = Exclude<LegacyValue, { storage: 'null' }>;

function convertValue(value: Present, conversion: Conversion, labelledAs?: Zone): Outcome {
  switch (conversion.kind) {
    case 'text':
      return convertText(value);
    case 'integer':
      return convertInteger(value);
    case 'decimal':
      return convertDecimal(value, conversion);
    case 'float':
      return convertFloat(value);
    case 'boolean':
      return convertBoolean(value);
    case 'json':
      return convertJson(value, conversion.bareText);
    case 'timestamp':
      return convertTimestamp(value, conversion.zone, labelledAs);
    case 'date':
      return convertDate(value);
  }
}

const wrongClass = (value: Present, wanted: string): Outcome =>
  reject('B27', `${value.storage.toUpperCase()} in a column of ${wanted}`);

/** The text, or the rejection that every column kind gives to bytes that are none. */
function textOf(value: Present & { bytes: Buffer }): string | { reject: string; reason: string } {
  const text = decodeUtf8(value.bytes);
  if (text === null) return { reject: 'B06', reason: 'bytes that are not UTF-8' };
  if (text.includes('\u0000')) return { reject: 'B05', reason: 'a NUL character, which PostgreSQL cannot hold' };
  return text;
}

function convertText(value: Present): Outcome {
  if (value.storage !== 'text') return wrongClass(value, 'texts');
  const text = textOf(value);
  return typeof text === 'string' ? { text } : text;
}

/** What the typed columns make of a text: nothing of an empty one, and by default nothing good of any other. */
function convertTyped(value: Present, code: string, wanted: string, read?: (text: string) => Outcome): Outcome {
  if (value.storage !== 'text') return wrongClass(value, wanted);
  if (value.bytes.length === 0) return { text: null, rule: 'empty-to-null' };
  const text = textOf(value);
  if (typeof text !== 'string') return text;
  return read ? read(text) : reject(code, `a text in a column of ${wanted}`);
}

function convertInteger(value: Present): Outcome {
  if (value.storage === 'integer') return { text: value.value.toString() };
  if (value.storage !== 'real') return convertTyped(value, 'B13', 'integers');
  if (Number.isSafeInteger(value.value)) return { text: BigInt(value.value).toString(), rule: 'real-to-integer' };
  const code = Number.isInteger(value.value) || !Number.isFinite(value.value) ? 'B12' : 'B14';
  return reject(code, 'a REAL that is no exact integer');
}

function convertDecimal(value: Present, digits: { precision: number; scale: number }): Outcome {
  const { precision, scale } = digits;
  let units: bigint;
  if (value.storage === 'integer') units = value.value * 10n ** BigInt(scale);
  else if (value.storage !== 'real') return convertTyped(value, 'B13', 'amounts');
  else if (!Number.isFinite(value.value)) return reject('B18', 'an infinity in a column of amounts');
  else units = roundDouble(value.value, scale);
  const limit = 10n ** BigInt(precision);
  if (units >= limit || units <= -limit) return reject('B20', `an amount of more than ${precision} digits`);
  const text = decimalText(units, scale);
  return value.storage === 'real' && shortestDecimals(value.value) > scale ? { text, rule: 'rounded' } : { text };
}

function convertFloat(value: Present): Outcome {
  if (value.storage === 'real') return { text: Object.is(value.value, -0) ? '-0' : String(value.value) };
  if (value.storage !== 'integer') return convertTyped(value, 'B13', 'numbers');
  if (Number.isSafeInteger(Number(value.value))) return { text: value.value.toString() };
  return reject('B11', 'an integer that no double holds exactly');
}

const TRUTHS: Readonly<Record<string, string>> = {
  t: 't', true: 't', yes: 't', 1: 't',
  f: 'f', false: 'f', no: 'f', 0: 'f',
}; // prettier-ignore

function convertBoolean(value: Present): Outcome {
  const known = (key: string, rule?: string): Outcome => {
    const text = Object.hasOwn(TRUTHS, key) ? TRUTHS[key] : undefined;
    if (text === undefined) return reject('B17', 'neither true nor false');
    return rule ? { text, rule } : { text };
  };
  if (value.storage === 'integer') return known(value.value.toString());
  if (value.storage === 'real') return known(String(value.value), 'real-to-boolean');
  return convertTyped(value, 'B17', 'truth values', (text) => known(text.toLowerCase(), 'text-to-boolean'));
}

function convertJson(value: Present, bareText: boolean): Outcome {
  if (value.storage !== 'text') return wrongClass(value, 'JSON texts');
  const text = textOf(value);
  if (typeof text !== 'string') return text;
  const outcome = jsonText(text);
  if (!isReject(outcome) || !bareText || outcome.reject !== 'B43') return outcome;
  return { text: JSON.stringify(text), rule: 'bare-text', keepOriginal: true };
}

function convertTimestamp(value: Present, zone: Zone, labelledAs?: Zone): Outcome {
  if (value.storage === 'integer' || value.storage === 'real') return epochText(Number(value.value));
  return convertTyped(value, 'B23', 'times', (text) => {
    const outcome = timestampText(text, zone, labelledAs);
    if (isReject(outcome) || !labelledAs) return outcome;
    return { ...outcome, rule: `relabelled-${labelledAs}`, keepOriginal: true };
  });
}

function convertDate(value: Present): Outcome {
  return convertTyped(value, 'B23', 'days', (text) => {
    const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
    const real = match && isRealDay(Number(match[1]), Number(match[2]), Number(match[3]));
    return real ? { text } : reject('B23', 'no such day');
  });
}
