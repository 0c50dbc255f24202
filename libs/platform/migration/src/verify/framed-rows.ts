import type { JsonCanon } from './json-canon';
import { ESCAPE, FIELD, QUOTE, ROW, type LayoutColumn } from './row-layout';

const COLON = 0x3a;
const DASH = 0x2d;

/** Who hears of rules that JSON values needed. */
export interface RuleListener {
  note(rowKey: string, column: string, rules: readonly string[], original: Buffer): void;
}

interface RuledValue {
  readonly column: string;
  readonly rules: readonly string[];
  readonly original: Buffer;
}

/**
 * Turns the quick form of a table with JSON, in which every JSON text comes with its length in front of the other columns,
 * into the target's bytes: the JSON is made canonical, the rest is copied. `odd` are the rows to put in the place of the
 * marks. Null where a value needs the exact form. The bytes live in the canoniser's output until its next use.
 */
export function copyFramedRows(
  blob: Buffer,
  layout: readonly LayoutColumn[],
  canon: JsonCanon,
  odd: readonly Buffer[],
  listener: RuleListener,
): Buffer | null {
  const json = layout.filter(({ conversion }) => conversion.kind === 'json').map(({ name }) => name);
  let at = 0;
  let to = 0;
  let marks = 0;
  while (at < blob.length) {
    if (blob[at] === ESCAPE) {
      const row = odd[marks++];
      if (!row) return null;
      canon.reserve(to + row.length);
      to += row.copy(canon.out, to);
      at += 2;
      continue;
    }
    const ruled: RuledValue[] = [];
    for (const column of json) {
      if (blob[at] === DASH) at++;
      else {
        let length = 0;
        for (; blob[at] !== COLON; at++) length = length * 10 + blob[at]! - 0x30;
        to = canon.write(blob, at + 1, at + 1 + length, to);
        if (to < 0) return null;
        if (canon.duplicateKey || canon.nonFinite || canon.negativeZero)
          ruled.push({ column, rules: canon.rules, original: blob.subarray(at + 1, at + 1 + length) });
        at += 1 + length;
      }
      canon.reserve(to + 1);
      canon.out[to++] = FIELD;
    }
    const end = endOfRow(blob, at);
    if (end < 0) return null;
    for (const { column, rules, original } of ruled) {
      listener.note(keyAt(blob, at), column, rules, original);
    }
    canon.reserve(to + end - at);
    to += blob.copy(canon.out, to, at, end);
    at = end;
  }
  return canon.out.subarray(0, to);
}

const keyAt = (blob: Buffer, at: number): string => /^-?\d*/.exec(blob.toString('latin1', at, at + 20))![0];

/** Behind the end of the row's other columns; -1 where an ESCAPE says that one of them needs the exact form. */
function endOfRow(blob: Buffer, start: number): number {
  let within = false;
  for (let at = start; at < blob.length; at++) {
    const byte = blob[at]!;
    if (byte > ROW) continue;
    if (byte === QUOTE) within = !within;
    else if (byte === ESCAPE) return -1;
    else if (byte === ROW && !within) return at + 1;
  }
  return -1;
}
