import type { LegacyDatabase, LegacyTableInfo, SqlValue } from '@sluice/legacy';
import { batchWithin } from '../byte-bound';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import { MemoryRelief, VALUE_BYTES } from '../memory-relief';
import { canonicalValue } from './canonical-value';
import {
  bufferOf,
  exactBytes,
  exactRow,
  storedValue,
  type ActiveLabel,
  type ExactRow,
  type KeptOriginal,
} from './exact-row';
import { floatText } from './float-text';
import { JsonCanon } from './json-canon';
import { copyFramedRows } from './framed-rows';
import { ESCAPE, fieldText, quoted, type LayoutColumn } from './row-layout';
import { RuleCount } from './rule-count';
import {
  boundStatement,
  exactStatement,
  quickStatement,
  sizesStatement,
  textBytesStatement,
  type SourceShape,
} from './source-sql';

/** So many rows, and single rows aside so many bytes, become values at a time. */
const BATCH_ROWS = 250;
const BATCH_BYTES = 1024 * 1024;
/** Where a range is too large, so many of its rows are looked at to find a smaller one. */
const SIZED_ROWS = 2000;

/** The greatest key that SQLite can hold. */
export const LAST_KEY = 2n ** 63n - 1n;
export const FIRST_KEY = -(2n ** 63n);

export interface KeyRange {
  /** Both inclusive. Ranges leave no gap, so that a row of the target that has no source row is in one of them. */
  readonly from: bigint;
  readonly to: bigint;
  /** The quarantined keys among them, ascending. */
  readonly quarantined: readonly bigint[];
}

/** What the source demands of the target in one range. Quarantined rows are in none of it. */
export interface SourceRange {
  /** Valid until the next range is read. */
  readonly bytes: Buffer;
  /** Rows that are not in quarantine. */
  readonly rows: number;
  readonly rules: RuleCount;
  readonly kept: readonly KeptOriginal[];
  /** Rows that are not in quarantine, though a rule demands it. */
  readonly refused: readonly Extract<ExactRow, { refused: string }>[];
}

/** The source side of the comparison, computed by SQLite and by rules of the verifier's own. */
export class SourceReader {
  readonly shape: SourceShape;
  private readonly textBytes: string | null;
  private readonly labels = new Map<string, ActiveLabel>();
  private readonly canon = new JsonCanon();
  private readonly relief = new MemoryRelief();
  /** What the functions of the quick statement noted while it ran. */
  private odd: bigint[] = [];
  private rules = new RuleCount();
  private kept: KeptOriginal[] = [];

  constructor(
    private readonly database: LegacyDatabase,
    info: LegacyTableInfo,
    table: LegacyTable,
    readonly layout: readonly LayoutColumn[],
    choices: Choices,
  ) {
    const witnesses = new Map<string, string>();
    for (const choice of table.choices) {
      const reading = choices[`${table.name}.${choice.column}`] ?? 'as-labelled';
      if (reading === 'as-labelled') continue;
      this.labels.set(choice.column, { choice, reading, witnessIndex: layout.length + witnesses.size });
      witnesses.set(choice.column, choice.proof.column);
    }
    const utf8 = database.encoding === 'UTF-8';
    this.shape = { info, key: table.source.key, layout, witnesses, blank: this.blankStamps(info.name), utf8 };
    this.textBytes = textBytesStatement(this.shape);
    this.define();
  }

  /**
   * The last key of the range that begins at a key and has so many rows, or fewer where they have more bytes than this:
   * then only a single row is larger. `LAST_KEY` where there are no more rows.
   */
  bound(from: bigint, rows: number, mostBytes: number): { readonly to: bigint; readonly bytes: number } {
    const [row] = this.database.rows(boundStatement(this.shape), from, BigInt(rows));
    const to = typeof row?.[0] === 'bigint' ? row[0] - 1n : LAST_KEY;
    const [[bytes] = []] = this.textBytes === null ? [] : this.database.rows(this.textBytes, from, to);
    if (Number(bytes ?? 0) <= mostBytes) return { to, bytes: Number(bytes ?? 0) };
    const sizes = this.database.rows(`${sizesStatement(this.shape, 'range')} LIMIT ${SIZED_ROWS}`, from, to);
    const batch = batchWithin(mostBytes, sizes);
    return batch ? { to: batch.last, bytes: batch.bytes } : { to, bytes: 0 };
  }

  /** Gives back what the range before took; its bytes are lost. To be called before a range of one long row. */
  release(): void {
    this.canon.shrink();
    this.relief.collect();
  }

  /** The quick form, or null where only the exact one tells. */
  quick(range: KeyRange): SourceRange | null {
    if (!this.shape.utf8) return null;
    this.odd = [];
    this.rules = new RuleCount();
    this.kept = [];
    const excluded = range.quarantined.length > 0;
    const [row] = this.database.rows(quickStatement(this.shape, excluded), ...parameters(range, excluded));
    const blob = row?.[1] ? bufferOf(row[1] as Uint8Array) : Buffer.alloc(0);
    const refused: Extract<ExactRow, { refused: string }>[] = [];
    const odd = this.odd.length > 0 ? this.oddRows(refused) : [];
    const framed = this.layout[0]?.conversion.kind === 'json';
    const bytes = framed ? copyFramedRows(blob, this.layout, this.canon, odd, this) : spliced(blob, odd);
    return bytes && { bytes, rows: Number(row?.[0]), rules: this.rules, kept: this.kept, refused };
  }

  exact(range: KeyRange): SourceRange {
    const rules = new RuleCount();
    const kept: KeptOriginal[] = [];
    const refused: Extract<ExactRow, { refused: string }>[] = [];
    const lines: Buffer[] = [];
    for (const row of this.eachRow(range)) {
      if ('values' in row) lines.push(exactBytes(row, this.layout, rules, kept));
      else refused.push(row);
    }
    return { bytes: Buffer.concat(lines), rows: lines.length + refused.length, rules, kept, refused };
  }

  /** The rows of a range that are not in quarantine, in key order. */
  exactRows(range: KeyRange): ExactRow[] {
    return [...this.eachRow(range)];
  }

  /** Rows by their ascending keys; keys without a row are left out. */
  *rowsOf(keys: readonly bigint[]): Generator<ExactRow> {
    const [sizes, statement] = [sizesStatement(this.shape, 'keys'), exactStatement(this.shape, 'keys')];
    for (let at = 0; at < keys.length;) {
      const some = keys.slice(at, at + BATCH_ROWS);
      const batch = batchWithin(BATCH_BYTES, this.database.rows(sizes, `[${some.join()}]`));
      const among = batch ? some.filter((key) => key <= batch.last) : [];
      if (batch) yield* this.readAll(this.database.rows(statement, `[${among.join()}]`));
      at += among.length || some.length;
    }
  }

  private *eachRow(range: KeyRange): Generator<ExactRow> {
    const excluded = range.quarantined.length > 0;
    const where = excluded ? 'range-without' : 'range';
    const sizes = `${sizesStatement(this.shape, where)} LIMIT ${BATCH_ROWS}`;
    const statement = exactStatement(this.shape, where);
    for (let { from } = range; ;) {
      const rest = { ...range, from };
      const batch = batchWithin(BATCH_BYTES, this.database.rows(sizes, ...parameters(rest, excluded)));
      if (!batch) return;
      yield* this.readAll(this.database.rows(statement, ...parameters({ ...rest, to: batch.last }, excluded)));
      if (batch.last === range.to) return;
      from = batch.last + 1n;
    }
  }

  /** The keys, as text, that no range holds: NULLs, texts and blobs in the key of a WITHOUT ROWID table. */
  keysThatAreNone(): string[] {
    if (!this.shape.info.withoutRowid) return [];
    const key = quoted(this.shape.key);
    const name = quoted(this.shape.info.name);
    const rows = this.database.rows(`SELECT CAST(${key} AS TEXT) FROM ${name} WHERE typeof(${key}) <> 'integer'`);
    return rows.map(([text]) => String(text));
  }

  /** The rules that were applied to a JSON value of a framed row; none of them can be computed back. */
  note(rowKey: string, column: string, rules: readonly string[], bytes: Buffer): void {
    for (const rule of rules) this.rules.add(column, rule);
    this.kept.push({ rowKey, column, bytes: Buffer.from(bytes) });
  }

  private *readAll(rows: SqlValue[][]): Generator<ExactRow> {
    const valueCount = rows.length * this.layout.length;
    for (let row = rows.shift(); row; row = rows.shift()) yield exactRow(row, this.layout, this.labels);
    this.relief.after(valueCount * VALUE_BYTES);
  }

  /** The marked rows of the quick form, in their order: what to put in the place of the mark. */
  private oddRows(refused: Extract<ExactRow, { refused: string }>[]): Buffer[] {
    return Array.from(this.rowsOf(this.odd), (row) => {
      if ('values' in row) return exactBytes(row, this.layout, this.rules, this.kept);
      refused.push(row);
      return Buffer.alloc(0);
    });
  }

  private blankStamps(table: string): Set<string> {
    const stamps = this.layout.filter(({ conversion }) => conversion.kind === 'timestamp').map(({ name }) => name);
    const hasBlank = (name: string): boolean => {
      const sql = `SELECT substr(${quoted(name)}, 11, 1) = ' ' FROM ${quoted(table)} WHERE ${quoted(name)} IS NOT NULL LIMIT 1`;
      return this.database.rows(sql)[0]?.[0] === 1n;
    };
    return new Set(stamps.filter(hasBlank));
  }

  private define(): void {
    this.database.define('verify_odd', {}, (key) => {
      this.odd.push(key as bigint);
      return '\x03\n';
    });
    this.database.define('verify_floats', { varargs: true }, (...values) => {
      let fields = '';
      for (let i = 0; i < values.length; i++)
        fields += i === 0 ? floatField(values[i]!) : `\x02${floatField(values[i]!)}`;
      return fields;
    });
    this.database.define('verify_value', { varargs: true }, (...values) => this.field(values));
  }

  /** One value by the exact rules, for the quick form; what belongs into quarantine gives bytes that nothing equals. */
  private field([index, key, letter, value, witnessLetter, witness]: SqlValue[]): string {
    const column = this.layout[Number(index)]!;
    const label = this.labels.get(column.name);
    const relabel = label && { ...label, witness: storedValue(witness!, String(witnessLetter)) };
    const stored = storedValue(value!, String(letter));
    const outcome = canonicalValue(stored, column.conversion, relabel);
    if ('refused' in outcome) return '\x03';
    for (const rule of outcome.rules) this.rules.add(column.name, rule);
    if (outcome.keepOriginal) {
      const bytes = 'bytes' in stored ? Buffer.from(stored.bytes) : null;
      this.kept.push({ rowKey: String(key), column: column.name, bytes });
    }
    return fieldText(outcome.text, column);
  }
}

const floatField = (value: SqlValue): string =>
  typeof value === 'number' ? floatText(value) : value === null ? '' : '\x03';

function parameters(range: KeyRange, excluded: boolean): SqlValue[] {
  return excluded ? [range.from, range.to, `[${range.quarantined.join()}]`] : [range.from, range.to];
}

/** Puts the odd rows in the places of their marks; null where there are more ESCAPE bytes than marks. */
function spliced(blob: Buffer, odd: readonly Buffer[]): Buffer | null {
  const parts: Buffer[] = [];
  let from = 0;
  for (const row of odd) {
    const mark = blob.indexOf(ESCAPE, from);
    if (mark < 0) return null;
    parts.push(blob.subarray(from, mark), row);
    from = mark + 2;
  }
  if (blob.indexOf(ESCAPE, from) >= 0) return null;
  return odd.length === 0 ? blob : Buffer.concat([...parts, blob.subarray(from)]);
}
