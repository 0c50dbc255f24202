import { setImmediate } from 'node:timers/promises';
import type { LegacyDatabase, SqlValue } from '@sluice/legacy';
import { batchWithin, bytesOf } from '../byte-bound';
import { convert } from '../exact/convert';
import { quoteName, selectLegacyValue, toLegacyValue, type LegacyValue } from '../exact/legacy-value';
import { isReject } from '../exact/outcome';
import { MAX_ROW_BYTES, type Conversion } from '../mapping/conversion';
import type { LegacyTable } from '../mapping/legacy-table';
import { InterruptedError } from '../state/migration.errors';
import { formsOf, JSON_ROWS_READ, type Form } from './column-forms';
import { odditiesOf } from './oddities';
import { oversizedRows } from './oversized-rows';

/** Values of one kind in one column, and what will become of them. */
export interface HazardCount {
  /** Of the reliability table; what a rule changes without a hazard's name has the rule's. */
  readonly code: string;
  readonly outcome: 'stored' | 'normalised' | 'quarantined';
  readonly rule?: string;
  readonly about: string;
  readonly count: number;
  /** The first few. */
  readonly keys: readonly string[];
}

export interface ColumnCensus {
  readonly column: string;
  readonly conversion: Conversion['kind'];
  /** How many values have which form: NULL, integer, ASCII text, `dateTtimeZ`, JSON object... */
  readonly forms: Readonly<Record<string, number>>;
  readonly hazards: readonly HazardCount[];
  /** What this census could not see. */
  readonly notes: readonly string[];
}

const firstKeys = 5;
/** So many values of odd forms and, single ones aside, so many bytes are looked at together. */
const pageRows = 1000;
const pageBytes = 8 * 1024 * 1024;

/** Bytes that one entry of PostgreSQL's b-tree can hold. */
const btreeBytes = 2704;

/**
 * Counts the forms of all values of a table in one pass that SQLite makes alone, and looks in JavaScript only at the values
 * of the odd forms, by the same rules as the load. Memory is bounded by a page of odd values.
 */
export async function takeCensus(
  database: LegacyDatabase,
  table: LegacyTable,
  rows: bigint,
  signal?: AbortSignal,
): Promise<ColumnCensus[]> {
  const columns = Object.entries(table.columns).map(([column, conversion]) => ({
    column,
    conversion,
    forms: formsOf(column, conversion, rows),
  }));
  const counts = countForms(
    database,
    table,
    columns.map(({ forms }) => forms),
  );
  const oversized = oversizedRows(database, table);
  const readable = oversized.size > 0 ? `${bytesOf(Object.keys(table.columns))} <= ${MAX_ROW_BYTES}` : '1';
  const census: ColumnCensus[] = [];
  for (const [index, { column, conversion, forms }] of columns.entries()) {
    const seen = forms
      .map((form, at) => ({ form, at, count: counts[index]?.[at] ?? 0 }))
      .filter(({ count }) => count > 0);
    const hazards = new HazardTally();
    for (const { form, at, count } of seen.filter(({ form }) => form.rule !== undefined)) {
      hazards.addMany(form, count, keysOf(database, table, forms, at));
    }
    for (const { form, at, count } of seen) {
      if (form.stored) hazards.put({ ...form.stored, outcome: 'stored' }, count, keysOf(database, table, forms, at));
    }
    const odd = seen.filter(({ form }) => isOdd(form)).map(({ at }) => at);
    const named = new Map<string, number>();
    if (odd.length > 0)
      await examine(database, table, { column, conversion, forms, odd, readable }, { hazards, named, signal });
    const nulls = seen.find(({ form }) => form.name === 'NULL' && !form.plain);
    if (nulls) hazards.addNulls(nulls.count, keysOf(database, table, forms, nulls.at));
    hazards.addOversized(oversized.get(column) ?? []);
    if (conversion.kind === 'text') addLongTexts(database, table, column, hazards);
    for (const { form, count } of seen.filter(({ at }) => !odd.includes(at))) {
      named.set(form.name, (named.get(form.name) ?? 0) + count);
    }
    census.push({
      column,
      conversion: conversion.kind,
      forms: Object.fromEntries(named),
      hazards: hazards.list(),
      notes:
        conversion.kind === 'json' && rows > JSON_ROWS_READ
          ? ['Repeated keys, numbers beyond numeric and bytes that are not UTF-8 are found at the load.']
          : [],
    });
  }
  return census;
}

const isOdd = ({ plain, rule, stored, name }: Form): boolean => !plain && !rule && !stored && name !== 'NULL';

/** One CASE per column gives the number of the form; the outer query counts them. */
function countForms(database: LegacyDatabase, table: LegacyTable, columns: readonly (readonly Form[])[]): number[][] {
  const inner = columns.map((forms, i) => `${formNumber(forms)} AS f${i}`);
  const outer = columns.flatMap((forms, i) => forms.map((_, at) => `count(*) FILTER (WHERE f${i} = ${at})`));
  // The limit keeps SQLite from merging the two queries, which would compute each CASE once per form.
  const [row = []] = database.rows(
    `SELECT ${outer.join(', ')} FROM (SELECT ${inner.join(', ')} FROM ${quoteName(table.source.table)} LIMIT -1 OFFSET 0)`,
  );
  let next = 0;
  return columns.map((forms) => forms.map(() => Number(row[next++])));
}

const formNumber = (forms: readonly Form[]): string =>
  `CASE ${forms.map(({ sql }, at) => `WHEN ${sql} THEN ${at}`).join(' ')} END`;

function keysOf(database: LegacyDatabase, { source }: LegacyTable, forms: readonly Form[], at: number): string[] {
  const key = quoteName(source.key);
  return database
    .rows(
      `SELECT ${key} FROM ${quoteName(source.table)} WHERE ${formNumber(forms)} = ${at} ORDER BY ${key} LIMIT ${firstKeys}`,
    )
    .map(([value]) => String(value));
}

interface OddColumn {
  readonly column: string;
  readonly conversion: Conversion;
  readonly forms: readonly Form[];
  /** The numbers of the odd ones among the forms. */
  readonly odd: readonly number[];
  /** SQL that is true of the rows that can be loaded at all. */
  readonly readable: string;
}

/** Converts each odd value as the load would, and counts what comes out. */
async function examine(
  database: LegacyDatabase,
  { source }: LegacyTable,
  { column, conversion, forms, odd, readable }: OddColumn,
  into: { hazards: HazardTally; named: Map<string, number>; signal: AbortSignal | undefined },
): Promise<void> {
  const [key, from] = [quoteName(source.key), quoteName(source.table)];
  const isOddOne = `${formNumber(forms)} IN (${odd.join(', ')}) AND ${readable}`;
  const pageOf = (what: string, last: bigint | null, most: number): SqlValue[][] =>
    database.rows(
      `SELECT ${key}, ${what} FROM ${from} WHERE ${isOddOne}${last === null ? '' : ` AND ${key} > ?`} ORDER BY ${key} LIMIT ${most}`,
      ...(last === null ? [] : [last]),
    );
  for (let last: bigint | null = null; ;) {
    if (into.signal?.aborted) throw new InterruptedError();
    const batch = batchWithin(pageBytes, pageOf(bytesOf([column]), last, pageRows));
    if (!batch) return;
    for (const [rowKey, storage, bytes] of pageOf(selectLegacyValue(column), last, batch.rows)) {
      const form = into.hazards.add(String(rowKey), toLegacyValue(storage, bytes, database.encoding), conversion);
      into.named.set(form, (into.named.get(form) ?? 0) + 1);
    }
    last = batch.last;
    await setImmediate();
  }
}

function addLongTexts(database: LegacyDatabase, { source }: LegacyTable, column: string, hazards: HazardTally): void {
  const key = quoteName(source.key);
  const long = `FROM ${quoteName(source.table)} WHERE typeof(${quoteName(column)}) = 'text' AND octet_length(${quoteName(column)}) > ${btreeBytes}`;
  const [counted] = database.rows(`SELECT count(*) ${long}`);
  const count = Number(counted?.[0] ?? 0);
  if (count === 0) return;
  const keys = database
    .rows(`SELECT ${key} ${long} ORDER BY ${key} LIMIT ${firstKeys}`)
    .map(([value]) => String(value));
  const about = `longer than ${btreeBytes} bytes: quarantined where the target has a b-tree index on it and it cannot be compressed`;
  hazards.put({ code: 'B30', outcome: 'stored', about }, count, keys);
}

type Kind = Pick<HazardCount, 'code' | 'outcome' | 'rule' | 'about'>;

/** What was found in a column so far. */
class HazardTally {
  private readonly kinds = new Map<string, { kind: Kind; count: number; keys: string[] }>();

  /** Counts the value's hazards and gives the name of its form. */
  add(key: string, value: LegacyValue, conversion: Conversion): string {
    const outcome = convert(value, conversion);
    const { form, hazards } = odditiesOf(value, conversion);
    if (isReject(outcome))
      this.put({ code: outcome.reject, outcome: 'quarantined', about: generalised(outcome.reason) }, 1, [key]);
    else if (outcome.rule) this.put(ruleKind(outcome.rule, hazards[0]), 1, [key]);
    else for (const code of hazards) this.put({ code, outcome: 'stored', about: 'an infinity, kept' }, 1, [key]);
    return form;
  }

  addMany({ rule = '' }: Form, count: number, keys: readonly string[]): void {
    this.put(ruleKind(rule), count, keys);
  }

  addNulls(count: number, keys: readonly string[]): void {
    this.put({ code: 'B32', outcome: 'quarantined', about: 'no value in a column that needs one' }, count, keys);
  }

  addOversized(keys: readonly bigint[]): void {
    if (keys.length === 0) return;
    const about = `more than ${MAX_ROW_BYTES} bytes in one row`;
    this.put({ code: 'B29', outcome: 'quarantined', about }, keys.length, keys.map(String));
  }

  put(kind: Kind, count: number, keys: readonly string[]): void {
    const name = `${kind.code} ${kind.outcome} ${kind.rule ?? ''}`;
    const entry = this.kinds.get(name) ?? { kind, count: 0, keys: [] };
    this.kinds.set(name, entry);
    entry.count += count;
    entry.keys.push(...keys.slice(0, firstKeys - entry.keys.length));
  }

  list(): HazardCount[] {
    const entries = [...this.kinds.values()].map(({ kind, count, keys }) => ({ ...kind, count, keys }));
    return entries.sort((a, b) => a.code.localeCompare(b.code) || a.outcome.localeCompare(b.outcome));
  }
}

/** The place in a JSON text differs from row to row; rows of one hazard are counted together. */
const generalised = (reason: string): string => reason.replace(/,? at line \d+, column \d+$/, '');

const ruleCodes: Readonly<Record<string, string>> = {
  rounded: 'B20',
  'date-only': 'B22',
  'nanoseconds-cut': 'B26',
  'epoch-s': 'B21',
  'epoch-ms': 'B21',
  'epoch-us': 'B21',
  'empty-to-null': 'B15',
  'real-to-integer': 'B14',
  'real-to-boolean': 'B17',
  'text-to-boolean': 'B17',
  'non-finite-to-null': 'B01',
  'duplicate-key': 'B09',
  'negative-zero': 'B19',
  'bare-text': 'B43',
};

const ruleKind = (rule: string, code = ruleCodes[rule] ?? rule): Kind => ({
  code,
  outcome: 'normalised',
  rule,
  about: `normalised by the rule ${rule}`,
});
