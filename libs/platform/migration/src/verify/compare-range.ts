import { splitRows, type LayoutColumn } from './row-layout';
import type { SourceRange } from './source-reader';
import type { Findings } from './verification';

type Row = (string | null)[];

/**
 * Names every row and column in which the bytes of a range differ. Both sides are in key order, so they are walked like a
 * merge. A row that a rule refuses but that the target holds is `changed` in the refused column; refused rows that are
 * nowhere are `missing`.
 */
export function compareRange(
  source: SourceRange,
  target: Buffer,
  layout: readonly LayoutColumn[],
  key: string,
  findings: Findings,
): void {
  const keyIndex = layout.findIndex(({ name }) => name === key);
  const refused = new Map(source.refused.map((row) => [row.key, row]));
  const left = splitRows(source.bytes);
  const right = splitRows(target);
  let demanded = nextRow(left, keyIndex);
  let present = nextRow(right, keyIndex);
  while (demanded || present) {
    if (demanded && (!present || demanded.key < present.key)) {
      findings.add({ rowKey: String(demanded.key), column: null, kind: 'missing', source: null, target: null });
      demanded = nextRow(left, keyIndex);
    } else if (present && (!demanded || present.key < demanded.key)) {
      const rule = refused.get(present.key);
      const column = rule?.column ?? null;
      const text = rule ? (present.row[layout.findIndex(({ name }) => name === column)] ?? null) : null;
      const kind = rule ? 'changed' : 'extra';
      findings.add({
        rowKey: String(present.key),
        column,
        kind,
        source: rule ? notQuarantined(rule.refused) : null,
        target: text,
      });
      refused.delete(present.key);
      present = nextRow(right, keyIndex);
    } else if (demanded && present) {
      compareRows(demanded.row, present.row, layout, String(demanded.key), findings);
      demanded = nextRow(left, keyIndex);
      present = nextRow(right, keyIndex);
    }
  }
  for (const row of refused.values()) {
    const { column } = row;
    findings.add({
      rowKey: String(row.key),
      column,
      kind: 'missing',
      source: notQuarantined(row.refused),
      target: null,
    });
  }
}

const notQuarantined = (reason: string): string => `not in quarantine: ${reason}`;

function nextRow(rows: Iterator<Row>, keyIndex: number): { key: bigint; row: Row } | null {
  const { done, value } = rows.next() as IteratorResult<Row, undefined>;
  return done ? null : { key: BigInt(value[keyIndex]!), row: value };
}

function compareRows(
  source: Row,
  target: Row,
  layout: readonly LayoutColumn[],
  rowKey: string,
  findings: Findings,
): void {
  for (const [index, { name }] of layout.entries()) {
    const [left, right] = [source[index] ?? null, target[index] ?? null];
    if (left !== right) findings.add({ rowKey, column: name, kind: 'changed', source: left, target: right });
  }
}
