import { setImmediate } from 'node:timers/promises';
import type { LegacyDatabase } from '@sluice/legacy';
import { convert } from '../exact/convert';
import { quoteName, selectLegacyValue, toLegacyValue, type LegacyValue } from '../exact/legacy-value';
import { isReject } from '../exact/outcome';
import type { Conversion } from '../mapping/conversion';
import type { LegacyTable } from '../mapping/legacy-table';
import { InterruptedError } from '../state/migration.errors';
import { formsOf, JSON_ROWS_READ, type Form } from './column-forms';
import { odditiesOf } from './oddities';

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
const pageRows = 1000;

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
    if (odd.length > 0) await examine(database, table, { column, conversion, forms, odd }, { hazards, named, signal });
    const nulls = seen.find(({ form }) => form.name === 'NULL' && !form.plain);
    if (nulls) hazards.addNulls(nulls.count, keysOf(database, table, forms, nulls.at));
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

/** Converts each odd value as the load would, and counts what comes out. */
async function examine(
  database: LegacyDatabase,
  { source }: LegacyTable,
  column: { column: string; conversion: Conversion; forms: readonly Form[]; odd: readonly number[] },
  into: { hazards: HazardTally; named: Map<string, number>; signal: AbortSignal | undefined },
): Promise<void> {
  const key = quoteName(source.key);
  const where = `${formNumber(column.forms)} IN (${column.odd.join(', ')})`;
  const select = `SELECT ${key}, ${selectLegacyValue(column.column)} FROM ${quoteName(source.table)} WHERE ${where}`;
  let page = database.rows(`${select} ORDER BY ${key} LIMIT ${pageRows}`);
  while (page.length > 0) {
    if (into.signal?.aborted) throw new InterruptedError();
    for (const [rowKey, storage, bytes] of page) {
      const value = toLegacyValue(storage, bytes, database.encoding);
      const form = into.hazards.add(String(rowKey), value, column.conversion);
      into.named.set(form, (into.named.get(form) ?? 0) + 1);
    }
    const last = page.at(-1)?.[0];
    await setImmediate();
    page =
      page.length < pageRows
        ? []
        : database.rows(`${select} AND ${key} > ? ORDER BY ${key} LIMIT ${pageRows}`, last ?? null);
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
