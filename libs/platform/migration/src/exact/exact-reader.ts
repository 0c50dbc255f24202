import { EVIDENCE_COLUMNS, type LegacyDatabase, type SqlValue } from '@sluice/legacy';
import { batchWithin, bytesOf, type Batch } from '../byte-bound';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import { MAX_ROW_BYTES, type Zone } from '../mapping/conversion';
import { convert } from './convert';
import { MemoryRelief, VALUE_BYTES } from '../memory-relief';
import { activeChoices, trueZone } from './label';
import {
  KEPT_BYTES,
  originalBytes,
  quoteName,
  selectLegacyValue,
  toEvidence,
  toLegacyValue,
  type LegacyValue,
} from './legacy-value';
import { isReject } from './outcome';

/** A row that can be loaded: PostgreSQL input texts in the order of `columns`. */
export interface ConvertedRow {
  readonly key: bigint;
  readonly values: readonly (string | null)[];
  /** `column: rule` for each value that a rule changed. */
  readonly rules: readonly string[];
  readonly originals: readonly { readonly column: string; readonly rule: string; readonly bytes: Buffer }[];
  /** The row as the file holds it, for the quarantine should PostgreSQL refuse it. */
  readonly evidence: () => Record<string, unknown>;
}

/** A row that cannot be loaded, and why. */
export interface RejectedRow {
  readonly key: bigint;
  readonly column: string | null;
  readonly code: string;
  readonly reason: string;
  readonly evidence: Record<string, unknown>;
}

export type ExactRow = ConvertedRow | RejectedRow;
export const isRejected = (row: ExactRow): row is RejectedRow => 'code' in row;

/** What the rows are read from: a snapshot, or a file that is in use, within a transaction of the caller's. */
export type RowSource = Pick<LegacyDatabase, 'rows' | 'encoding'>;

/** Rows are fetched in batches of at most so many rows and, single rows aside, so many bytes. */
const BATCH_ROWS = 500;
const BATCH_BYTES = 1024 * 1024;

/**
 * Reads rows by the rules of the mapping, value by value. Slower than the other lanes and right for every value: they
 * hand over to it what they do not vouch for.
 */
export class ExactReader {
  readonly columns: readonly string[];
  /** The columns, and of a family of files what says where a row is from and what is wrong with it. */
  private readonly selected: readonly string[];
  private readonly selectRows: string;
  private readonly sizes: string;
  private readonly key: string;
  private readonly relief = new MemoryRelief();

  constructor(
    private readonly database: RowSource,
    private readonly table: LegacyTable,
    private readonly choices: Choices,
  ) {
    this.columns = Object.keys(table.columns);
    this.selected = table.source.family ? [...this.columns, ...EVIDENCE_COLUMNS] : this.columns;
    this.key = quoteName(table.source.key);
    const from = `FROM ${quoteName(table.source.table)}`;
    this.selectRows = `SELECT ${this.key}, ${this.selected.map(selectLegacyValue).join(', ')} ${from}`;
    this.sizes = `SELECT ${this.key}, ${bytesOf(this.selected)} ${from}`;
  }

  /** The rows with `from < key <= to` in key order; null is open. */
  range(from: bigint | null, to: bigint | null): Generator<ExactRow> {
    return this.select(from, to, []);
  }

  /** The rows with these keys that exist, in key order within each batch of keys. */
  *byKeys(keys: readonly bigint[]): Generator<ExactRow> {
    for (let i = 0; i < keys.length; i += BATCH_ROWS) yield* this.select(null, null, keys.slice(i, i + BATCH_ROWS));
  }

  /** `among`: only these keys, unless there are none. */
  private *select(from: bigint | null, to: bigint | null, among: readonly bigint[]): Generator<ExactRow> {
    for (let last = from; ;) {
      const batch = this.nextBatch(last, to, among);
      if (batch === null) return;
      const { where, params } = selection(this.key, last, batch.last, among);
      const rows = this.database.rows(`${this.selectRows} ${where} ORDER BY ${this.key}`, ...params);
      const valueCount = rows.length * this.columns.length;
      while (rows.length > 0) yield this.convertNext(rows);
      if (batch.bytes > BATCH_BYTES)
        this.relief.collect(); // One long row: nothing of it should lie beside the next.
      else this.relief.after(valueCount * VALUE_BYTES + batch.bytes);
      last = batch.last;
    }
  }

  private nextBatch(from: bigint | null, to: bigint | null, among: readonly bigint[]): Batch | null {
    const { where, params } = selection(this.key, from, to, among);
    const sizes = this.database.rows(`${this.sizes} ${where} ORDER BY ${this.key} LIMIT ${BATCH_ROWS}`, ...params);
    return batchWithin(BATCH_BYTES, sizes);
  }

  /** Takes the row out of the rows: what was read of it must not stay while it is sent. */
  private convertNext(rows: SqlValue[][]): ExactRow {
    const row = rows.shift() ?? [];
    const key = row[0] as bigint;
    const legacy = new Map<string, LegacyValue>();
    this.selected.forEach((column, i) =>
      legacy.set(column, toLegacyValue(row[1 + 2 * i], row[2 + 2 * i], this.database.encoding)),
    );
    const evidence = evidenceOf(legacy);
    const fault = this.table.source.family && legacy.get('fault');
    if (fault?.storage === 'text') {
      return { key, column: null, code: 'FILE', reason: fault.bytes.toString(), evidence: evidence() };
    }
    if (this.lengthOf(legacy) > MAX_ROW_BYTES) {
      return {
        key,
        column: null,
        code: 'B29',
        reason: `more than ${MAX_ROW_BYTES} bytes in one row`,
        evidence: evidence(),
      };
    }
    const zones = this.trueZones(legacy);
    const values: (string | null)[] = [];
    const rules: string[] = [];
    const originals: { column: string; rule: string; bytes: Buffer }[] = [];
    for (const column of this.columns) {
      const value = legacy.get(column);
      const conversion = this.table.columns[column];
      if (!value || !conversion) throw new TypeError(`No conversion for ${this.table.name}.${column}.`);
      const outcome = convert(value, conversion, zones.get(column));
      if (isReject(outcome)) {
        return { key, column, code: outcome.reject, reason: outcome.reason, evidence: evidence() };
      }
      values.push(outcome.text);
      if (outcome.rule) rules.push(`${column}: ${outcome.rule}`);
      if (outcome.rule && outcome.keepOriginal) {
        originals.push({ column, rule: outcome.rule, bytes: originalBytes(value) });
      }
    }
    return { key, values, rules, originals, evidence };
  }

  /** In bytes, of all texts and blobs. */
  private lengthOf(row: ReadonlyMap<string, LegacyValue>): number {
    return this.columns.reduce((sum, column) => {
      const value = row.get(column);
      return sum + (value && 'bytes' in value ? value.bytes.length : 0);
    }, 0);
  }

  private trueZones(row: ReadonlyMap<string, LegacyValue>): Map<string, Zone> {
    const zones = new Map<string, Zone>();
    for (const { choice, reading } of activeChoices(this.table, this.choices)) {
      const value = row.get(choice.column);
      const witness = row.get(choice.proof.column);
      const zone = value && witness && trueZone(choice, reading, value, witness);
      if (zone) zones.set(choice.column, zone);
    }
    return zones;
  }
}

/** What is kept of a row should it be refused: of a long one made at once, so that the row itself can go. */
function evidenceOf(legacy: ReadonlyMap<string, LegacyValue>): () => Record<string, unknown> {
  const evidence = (): Record<string, unknown> =>
    Object.fromEntries([...legacy].map(([column, value]) => [column, toEvidence(value)]));
  const isLong = [...legacy.values()].some((value) => 'bytes' in value && value.bytes.length > KEPT_BYTES);
  return isLong ? constant(evidence()) : evidence;
}

/** Made here, so that it holds nothing else. */
const constant =
  <Value>(value: Value) =>
  (): Value =>
    value;

function selection(
  key: string,
  from: bigint | null,
  to: bigint | null,
  among: readonly bigint[],
): { where: string; params: (bigint | string)[] } {
  const range = between(key, from, to);
  if (among.length === 0) return range;
  const one = `${key} IN (SELECT value FROM json_each(?))`;
  return {
    where: range.where ? `${range.where} AND ${one}` : `WHERE ${one}`,
    params: [...range.params, `[${among.join()}]`],
  };
}

/** `WHERE` for a half-open key range; a bound that is null is left out. */
export function between(key: string, from: bigint | null, to: bigint | null): { where: string; params: bigint[] } {
  const conditions = [...(from === null ? [] : [`${key} > ?`]), ...(to === null ? [] : [`${key} <= ?`])];
  const params = [...(from === null ? [] : [from]), ...(to === null ? [] : [to])];
  return { where: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '', params };
}
