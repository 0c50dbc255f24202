import type { SqlValue } from '@sluice/legacy';
import { MAX_ROW_BYTES } from '../mapping/conversion';
import type { LabelChoice, LabelReading } from '../mapping/legacy-table';
import { canonicalValue, type Canonical, type StoredValue } from './canonical-value';
import { fieldText, type LayoutColumn } from './row-layout';
import type { RuleCount } from './rule-count';

/** A relabelled column: what the operator chose, and where its witness lies among the exact statement's values. */
export interface ActiveLabel {
  readonly choice: LabelChoice;
  readonly reading: LabelReading;
  readonly witnessIndex: number;
}

/** A value whose original the migration promised to keep; `bytes` where the original is a text. */
export interface KeptOriginal {
  readonly rowKey: string;
  readonly column: string;
  readonly bytes: Buffer | null;
}

/** One source row by the exact rules: its canonical texts in the layout's order, or why it belongs into quarantine. */
export type ExactRow =
  | { readonly key: bigint; readonly values: readonly Canonical[]; readonly stored: readonly StoredValue[] }
  | { readonly key: bigint; readonly refused: string; readonly column: string };

/** Reads a row of the exact statement. `utf8` as in its shape. */
export function exactRow(
  row: readonly SqlValue[],
  layout: readonly LayoutColumn[],
  labels: ReadonlyMap<string, ActiveLabel>,
): ExactRow {
  const key = row[0] as bigint;
  const stored = row.slice(2).map((value, index) => storedValue(value, String(row[1])[index] ?? 'n'));
  const lengths = stored.slice(0, layout.length).map((value) => ('bytes' in value ? value.bytes.length : 0));
  if (lengths.reduce((sum, length) => sum + length, 0) > MAX_ROW_BYTES) {
    return { key, refused: 'too long a row', column: layout[lengths.indexOf(Math.max(...lengths))]!.name };
  }
  const values: Canonical[] = [];
  for (const [index, column] of layout.entries()) {
    const label = labels.get(column.name);
    const relabel = label && { ...label, witness: stored[label.witnessIndex]! };
    const outcome = canonicalValue(stored[index]!, column.conversion, relabel);
    if ('refused' in outcome) return { key, refused: outcome.refused, column: column.name };
    values.push(outcome);
  }
  return { key, values, stored };
}

/** The row as bytes of the layout; counts its rules and notes the originals that must have been kept. */
export function exactBytes(
  row: Extract<ExactRow, { values: unknown }>,
  layout: readonly LayoutColumn[],
  rules: RuleCount,
  kept: KeptOriginal[],
): Buffer {
  const fields = layout.map((column, index) => {
    const value = row.values[index]!;
    for (const rule of value.rules) rules.add(column.name, rule);
    if (value.keepOriginal) {
      const stored = row.stored[index]!;
      kept.push({ rowKey: String(row.key), column: column.name, bytes: 'bytes' in stored ? stored.bytes : null });
    }
    return fieldText(value.text, column);
  });
  return Buffer.from(`${fields.join('\x02')}\n`);
}

/** The text of a value as the file holds it. */
export function storedRowText(row: Extract<ExactRow, { values: unknown }>, index: number): string {
  const stored = row.stored[index]!;
  return 'bytes' in stored ? stored.bytes.toString() : String('value' in stored ? stored.value : '');
}

/** By the first letter of its storage class. TEXT comes as bytes, or as a string from a UTF-16 file. */
export function storedValue(value: SqlValue, letter: string): StoredValue {
  switch (letter) {
    case 'i':
      return { storage: 'integer', value: value as bigint };
    case 'r':
      return { storage: 'real', value: value as number };
    case 'n':
      return { storage: 'null' };
    default: {
      const bytes = typeof value === 'string' ? Buffer.from(value) : bufferOf(value as Uint8Array);
      return letter === 't' ? { storage: 'text', bytes } : { storage: 'blob', bytes };
    }
  }
}

/** A view of the same bytes. */
export const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
