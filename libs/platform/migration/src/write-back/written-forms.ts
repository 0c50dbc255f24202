import { zoneOffsetUs, type Conversion, type Zone } from '../mapping/conversion';
import type { LegacyValue } from '../exact/legacy-value';
import { pythonJsonText, type JsonShape } from './python-json-text';
import { instantUs, jsonbText } from './reads-as';
import type { TimeForm } from './write-back';
import { UnwritableValue } from './write-back.errors';

export interface ColumnForm {
  readonly conversion: Conversion;
  readonly time: TimeForm | undefined;
  readonly json: JsonShape | undefined;
  /** The wall clock that the column really holds, where the operator chose to read it so; tried first. */
  readonly actualZone: Zone | undefined;
}

/**
 * What the legacy program writes for a value of PostgreSQL, given as `column::text`: the storage class and the text, the
 * likeliest form first. The caller takes the first that reads back as the value. Throws `UnwritableValue`.
 */
export function writtenForms(text: string | null, form: ColumnForm): LegacyValue[] {
  if (text === null) return [{ storage: 'null' }];
  const { conversion } = form;
  switch (conversion.kind) {
    case 'text':
    case 'date':
      return [textValue(text)];
    case 'integer':
      return [integerValue(text)];
    case 'boolean':
      return [{ storage: 'integer', value: text.startsWith('t') ? 1n : 0n }];
    case 'float':
    case 'decimal':
      return [realValue(Number(text))];
    case 'json':
      return jsonForms(text, conversion.bareText, form.json);
    case 'timestamp':
      return timeForms(text, conversion.zone, form);
  }
}

export const textValue = (text: string): LegacyValue => ({ storage: 'text', bytes: Buffer.from(text) });

function integerValue(text: string): LegacyValue {
  const value = /^-?\d+$/.test(text) ? BigInt(text) : null;
  if (value === null || BigInt.asIntN(64, value) !== value) throw new UnwritableValue('reads-otherwise');
  return { storage: 'integer', value };
}

/** SQLite keeps no minus on a zero of a REAL column, neither of ours nor of the legacy program's. */
function realValue(value: number): LegacyValue {
  if (Number.isNaN(value)) throw new UnwritableValue('not-a-number');
  return { storage: 'real', value: value === 0 ? 0 : value };
}

function jsonForms(text: string, bareText: boolean, shape: JsonShape | undefined): LegacyValue[] {
  const jsonb = jsonbText(text);
  if (jsonb === null) throw new UnwritableValue('reads-otherwise');
  const bare = bareText && jsonb.startsWith('"') ? [textValue(JSON.parse(jsonb) as string)] : [];
  return [...bare, textValue(pythonJsonText(jsonb, shape))];
}

function timeForms(text: string, zone: Zone, { time, actualZone }: ColumnForm): LegacyValue[] {
  const instant = instantUs(text);
  if (instant === null || time === undefined) throw new UnwritableValue('reads-otherwise');
  const zones = time === 'zulu' ? [...(actualZone ? [actualZone] : []), 'UTC' as const] : [zone];
  return zones.map((one) => textValue(timeText(instant + BigInt(zoneOffsetUs[one]), time)));
}

/** Six digits of a fraction, or none where they are zero, as Python's `isoformat` and `str`. */
function timeText(wallUs: bigint, form: TimeForm): string {
  const micros = ((wallUs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const iso = new Date(Number((wallUs - micros) / 1000n)).toISOString().slice(0, -5);
  const fraction = micros === 0n ? '' : `.${micros.toString().padStart(6, '0')}`;
  return `${form === 'sqlite' ? iso.replace('T', ' ') : iso}${fraction}${form === 'zulu' ? 'Z' : ''}`;
}
