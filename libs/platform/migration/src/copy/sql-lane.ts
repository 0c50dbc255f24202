import { isUtf8 } from 'node:buffer';
import type { LegacyDatabase } from '@sluice/legacy';
import { between } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { MAX_JSON_DEPTH, type Conversion } from '../mapping/conversion';
import type { LegacyTable } from '../mapping/legacy-table';
import type { KeyRange, Lane, RangeStream } from './lane';
import { affinityOf } from './page-layout';
import { targetName } from './target-name';

/** A page of rows leaves SQLite as one blob: 2,000 rows, or fewer where rows are long. */
const PAGE_ROWS = 2000;
const PAGE_BYTES = 2 * 1024 * 1024;

/**
 * The safe lane: SQLite itself formats a page of rows as CSV, without a JavaScript string per row, and the bytes go to
 * COPY as they are. The quote character is U+0001, so that one `replace` per text column is enough. A row with a storage
 * class or form that this lane does not vouch for is named to `odd`; a page with bytes that are not UTF-8 likewise,
 * because PostgreSQL would refuse the whole range for it.
 */
export class SqlLane implements Lane {
  readonly name = 'sql';
  private readonly page: string;
  private readonly key: string;
  private readonly columns: readonly string[];

  constructor(
    private readonly database: LegacyDatabase,
    private readonly table: LegacyTable,
    rowBytes: number,
    rangeBytes: number,
  ) {
    this.key = quoteName(table.source.key);
    const floats = columnsOf(table, 'float');
    const others = Object.keys(table.columns).filter((column) => !floats.includes(column));
    this.columns = [...others, ...floats];
    this.decimals = columnsOf(table, 'decimal');
    defineFunctions(database);
    const rows = Math.max(1, Math.min(PAGE_ROWS, Math.floor(PAGE_BYTES / Math.max(1, rowBytes))));
    const losses = this.decimals.map((column) => losesDigits(quoteName(column), conversionOf(table, column)));
    this.page =
      `SELECT max(k), group_concat(k, ',') FILTER (WHERE odd), ` +
      `CAST(group_concat(line, char(10)) FILTER (WHERE NOT odd) AS BLOB)` +
      losses.map((_, i) => `, count(*) FILTER (WHERE loss${i} AND NOT odd)`).join('') +
      ` FROM (SELECT ${this.key} AS k, ${this.oddRow(database)} AS odd, ${this.line(others, floats)} AS line` +
      losses.map((loss, i) => `, ${loss} AS loss${i}`).join('') +
      ` FROM ${quoteName(table.source.table)} WHERE_RANGE ORDER BY ${this.key} LIMIT ${rows})`;
    this.rangeRows = Math.max(1, Math.floor(rangeBytes / Math.max(1, rowBytes)));
  }

  private readonly rangeRows: number;
  private readonly decimals: readonly string[];

  get copySql(): string {
    const columns = this.columns.map(quoteName).join(', ');
    return `COPY ${targetName(this.table)} (${columns}) FROM STDIN WITH (FORMAT csv, QUOTE E'\\x01')`;
  }

  plan(): KeyRange[] {
    const from = `FROM ${quoteName(this.table.source.table)}`;
    const ranges: KeyRange[] = [];
    for (let last: bigint | null = null; ;) {
      const { where, params } = between(this.key, last, null);
      const [next] = this.database.rows(
        `SELECT ${this.key} ${from} ${where} ORDER BY ${this.key} LIMIT 1 OFFSET ${this.rangeRows - 1}`,
        ...params,
      );
      const to: bigint | null = next ? (next[0] as bigint) : null;
      ranges.push({ from: last, to });
      if (to === null) return ranges;
      last = to;
    }
  }

  *stream(range: KeyRange): RangeStream {
    let last = range.from;
    for (;;) {
      const { where, params } = between(this.key, last, range.to);
      const [row] = this.database.rows(this.page.replace('WHERE_RANGE', where), ...params);
      const [until, oddKeys, blob, ...losses] = row ?? [];
      if (until === null || until === undefined) return;
      const odd = typeof oddKeys === 'string' ? oddKeys.split(',').map(BigInt) : [];
      if (blob instanceof Uint8Array && !isUtf8(blob)) yield { odd: this.keysBetween(last, until as bigint) };
      else {
        if (odd.length > 0) yield { odd };
        if (blob instanceof Uint8Array) yield { bytes: Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength) };
        if (blob instanceof Uint8Array) yield { bytes: NEWLINE };
        yield { rules: new Map(this.decimals.map((column, i) => [`${column}: rounded`, Number(losses[i])])) };
      }
      last = until as bigint;
    }
  }

  /** `concat` copies each value once, and takes NULL for nothing: the empty unquoted field. */
  private line(others: readonly string[], floats: readonly string[]): string {
    const fields = others.map((column) => field(quoteName(column), conversionOf(this.table, column)));
    if (floats.length > 0) fields.push(`sluice_floats(${floats.map(quoteName).join(', ')})`);
    return `concat(${fields.join(`, ',', `)})`;
  }

  private oddRow(database: LegacyDatabase): string {
    const info = database.tables().find(({ name }) => name === this.table.source.table);
    const conditions = this.columns.map((name) => {
      const column = info?.columns.find((known) => known.name === name);
      return isOdd(quoteName(name), conversionOf(this.table, name), column ? affinityOf(column) : 'none');
    });
    const texts = columnsOf(this.table, 'text').map(quoteName);
    const quotes = texts.length > 0 ? [`instr(concat(${texts.join(', ')}), char(1)) > 0`] : [];
    return `coalesce(${[...conditions, ...quotes].join(' OR ')}, 0)`;
  }

  private keysBetween(from: bigint | null, to: bigint): bigint[] {
    const { where, params } = between(this.key, from, to);
    const from_ = `FROM ${quoteName(this.table.source.table)}`;
    return this.database.rows(`SELECT ${this.key} ${from_} ${where}`, ...params).map(([key]) => key as bigint);
  }
}

const NEWLINE = Buffer.from('\n');

const columnsOf = (table: LegacyTable, kind: Conversion['kind']): string[] =>
  Object.keys(table.columns).filter((column) => table.columns[column]?.kind === kind);

function conversionOf(table: LegacyTable, column: string): Conversion {
  const conversion = table.columns[column];
  if (!conversion) throw new TypeError(`No conversion for ${table.name}.${column}.`);
  return conversion;
}

/** One CSV field; `isOdd` has said before that its form is plain. */
function field(column: string, conversion: Conversion): string {
  switch (conversion.kind) {
    case 'text':
      return `char(1) || ${column} || char(1)`;
    case 'json':
      return `char(1) || replace(${column}, char(1), char(1, 1)) || char(1)`;
    case 'decimal':
      return `CAST(round(${scaled(column, conversion.scale)}) AS INTEGER) || 'e-${conversion.scale}'`;
    case 'timestamp':
      // The loader's session is in UTC, so only another zone has to be written behind a naive time.
      return conversion.zone === 'UTC' ? column : `${column} || iif(substr(${column}, -1) = 'Z', '', '+05:30')`;
    default:
      return column;
  }
}

/** The rule `rounded`: the double is not the one next to the decimal that it becomes. */
function losesDigits(column: string, conversion: Conversion): string {
  const scale = conversion.kind === 'decimal' ? conversion.scale : 0;
  return `CAST(abs${scaled(column, scale)} + 0.5 AS INTEGER) / 1e${scale} <> abs(${column})`;
}

const scaled = (column: string, scale: number): string => `(${column} * 1e${scale})`;

/**
 * SQL that is true where the value may be read differently by PostgreSQL than by the rules, so that the exact lane has to
 * take the row. What PostgreSQL refuses anyway (`1.5` in an integer, a NULL where none may be, 31 February) is left to it.
 * Storage classes are told apart by SQLite's order: numbers < texts < blobs; the `+` keeps the affinity out of it.
 */
function isOdd(column: string, conversion: Conversion, affinity: ReturnType<typeof affinityOf>): string {
  const notReal = affinity === 'real' ? `+${column} >= ''` : `typeof(${column}) NOT IN ('real', 'null')`;
  switch (conversion.kind) {
    case 'text':
      return affinity === 'text' ? `+${column} >= x''` : `typeof(${column}) NOT IN ('text', 'null')`;
    case 'json':
      return `${affinity === 'text' ? `+${column} >= x''` : `typeof(${column}) NOT IN ('text', 'null')`} OR ${mayNestDeep(column)}`;
    case 'integer':
      return `+${column} >= ''`;
    case 'boolean':
      return `typeof(${column}) NOT IN ('integer', 'null') OR ${column} NOT IN (0, 1)`;
    case 'float':
      return notReal;
    case 'decimal': {
      // The product is wrong by half a unit in its last place at most: further from a tie it rounds as the exact value.
      const units = `abs${scaled(column, conversion.scale)}`;
      const certain = `abs(${units} - CAST(${units} AS INTEGER) - 0.5) > ${units} * 2.3e-16`;
      return `${notReal} OR ${units} >= 1e15 OR NOT (${certain})`;
    }
    case 'date':
      return `date(${column}) IS NOT ${column}`;
    case 'timestamp':
      return `NOT (${column} IS NULL OR ${isPlainTime(column)})`;
  }
}

/** PostgreSQL takes JSON that is nested deeper than the rule allows; a text with fewer brackets than that is not. */
function mayNestDeep(column: string): string {
  const brackets = `octet_length(${column}) - octet_length(replace(replace(${column}, '{', ''), '[', ''))`;
  return `(octet_length(${column}) > ${2 * MAX_JSON_DEPTH} AND ${brackets} > ${MAX_JSON_DEPTH})`;
}

const DAY = '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]';
const TIME = '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]';

/**
 * `T` or a blank, up to six digits of a fraction, and a `Z` or nothing behind it; the usual lengths first. That the day
 * exists is PostgreSQL's to say, but it would take hour 24.
 */
function isPlainTime(column: string): string {
  const usual = ['', 'Z', `.${'[0-9]'.repeat(6)}`, `.${'[0-9]'.repeat(6)}Z`];
  const ofLength = usual.map((tail, i) => `WHEN ${[19, 20, 26, 27][i]} THEN ${column} GLOB '${DAY}[T ]${TIME}${tail}'`);
  const digits = `rtrim(substr(${column}, 20), 'Z')`;
  const fraction = `${digits} GLOB '.[0-9]*' AND length(${digits}) <= 7 AND substr(${digits}, 2) NOT GLOB '*[^0-9]*'`;
  const oneZone = `length(${column}) - 19 - length(${digits}) <= 1`;
  return (
    `(typeof(${column}) = 'text' AND substr(${column}, 12, 2) < '24' AND CASE octet_length(${column}) ${ofLength.join(' ')} ` +
    `ELSE ${column} GLOB '${DAY}[T ]${TIME}.*' AND ${fraction} AND ${oneZone} END)`
  );
}

/** SQLite's own text of a double is not always the shortest one that reads back; JavaScript's is. */
function defineFunctions(database: LegacyDatabase): void {
  const float = (value: unknown): string => (value === null ? '' : Object.is(value, -0) ? '-0' : String(value));
  database.define('sluice_floats', { varargs: true }, (...values) => {
    let line = float(values[0]);
    for (let i = 1; i < values.length; i++) line += `,${float(values[i])}`;
    return line;
  });
}
