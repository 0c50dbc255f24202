import { isUtf8 } from 'node:buffer';
import type { LegacyDatabase } from '@sluice/legacy';
import { between } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { MAX_JSON_DEPTH, type Conversion } from '../mapping/conversion';
import type { LegacyTable } from '../mapping/legacy-table';
import type { KeyRange, Lane, RangeStream } from './lane';
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
    defineFunctions(database);
    const fields = others.map((column) => field(quoteName(column), conversionOf(table, column)));
    if (floats.length > 0) fields.push(`sluice_floats(${floats.map(quoteName).join(', ')})`);
    const vouched = this.columns.map((column) => vouch(quoteName(column), conversionOf(table, column))).join(' AND ');
    const rows = Math.max(1, Math.min(PAGE_ROWS, Math.floor(PAGE_BYTES / Math.max(1, rowBytes))));
    this.decimals = columnsOf(table, 'decimal');
    const losses = this.decimals.map((column) => losesDigits(quoteName(column), conversionOf(table, column)));
    this.page =
      `SELECT max(k), group_concat(k, ',') FILTER (WHERE NOT ok), ` +
      `CAST(group_concat(line, char(10)) FILTER (WHERE ok) AS BLOB)` +
      losses.map((_, i) => `, count(*) FILTER (WHERE ok AND loss${i})`).join('') +
      ` FROM (SELECT ${this.key} AS k, coalesce(${vouched}, 0) AS ok, ${fields.join(` || ',' || `)} AS line` +
      losses.map((loss, i) => `, ${loss} AS loss${i}`).join('') +
      ` ` +
      `FROM ${quoteName(table.source.table)} WHERE_RANGE ORDER BY ${this.key} LIMIT ${rows})`;
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

/** One CSV field; `vouch` has already said that its form is plain. NULL is the empty unquoted field. */
function field(column: string, conversion: Conversion): string {
  switch (conversion.kind) {
    case 'text':
    case 'json':
      return `coalesce(char(1) || replace(${column}, char(1), char(1, 1)) || char(1), '')`;
    case 'decimal':
      return `coalesce(CAST(round(${scaled(column, conversion.scale)}) AS INTEGER) || 'e-${conversion.scale}', '')`;
    case 'timestamp':
      // The loader's session is in UTC, so only another zone has to be written behind a naive time.
      if (conversion.zone === 'UTC') return `coalesce(${column}, '')`;
      return `coalesce(${column} || iif(substr(${column}, -1) = 'Z', '', '+05:30'), '')`;
    default:
      return `coalesce(${column}, '')`;
  }
}

/** The rule `rounded`: the double is not the one next to the decimal that it becomes. */
function losesDigits(column: string, conversion: Conversion): string {
  const scale = conversion.kind === 'decimal' ? conversion.scale : 0;
  return `CAST(abs${scaled(column, scale)} + 0.5 AS INTEGER) / 1e${scale} <> abs(${column})`;
}

/** How many levels the JSON can have at most; PostgreSQL takes more than the rule allows. */
const brackets = (column: string): string =>
  `octet_length(${column}) - octet_length(replace(replace(${column}, '{', ''), '[', ''))`;

const scaled = (column: string, scale: number): string => `(${column} * 1e${scale})`;

/** SQL that is true where the value has a plain form; everything else is left to the exact lane. */
function vouch(column: string, conversion: Conversion): string {
  const plain = plainForm(column, conversion);
  return conversion.nullable ? `(${column} IS NULL OR ${plain})` : plain;
}

function plainForm(column: string, conversion: Conversion): string {
  const storage = `typeof(${column})`;
  switch (conversion.kind) {
    case 'text':
      return `${storage} = 'text'`;
    case 'json':
      return `(${storage} = 'text' AND ${column} <> '' AND (octet_length(${column}) <= ${2 * MAX_JSON_DEPTH} OR ${brackets(column)} <= ${MAX_JSON_DEPTH}))`;
    case 'integer':
      return `${storage} = 'integer'`;
    case 'boolean':
      return `(${storage} = 'integer' AND ${column} IN (0, 1))`;
    case 'float':
      return `${storage} = 'real'`;
    case 'decimal': {
      // The product is wrong by half a unit in its last place at most: further from a tie it rounds as the exact value.
      const units = `abs${scaled(column, conversion.scale)}`;
      const certain = `abs(${units} - CAST(${units} AS INTEGER) - 0.5) > ${units} * 2.3e-16`;
      return `(${storage} = 'real' AND ${units} < 1e15 AND ${certain})`;
    }
    case 'date':
      return `(${storage} = 'text' AND date(${column}) = ${column})`;
    case 'timestamp':
      // SQLite writes the time again: equal texts prove digits, separators, a real day and an hour below 24.
      return `(${storage} = 'text' AND (datetime(${column}) = ${column} OR ${longTime(column)}))`;
  }
}

/** `T` or a blank, up to six digits of a fraction, and a `Z` or nothing behind it. */
function longTime(column: string): string {
  const head = `datetime(substr(${column}, 1, 19)) = substr(${column}, 1, 10) || ' ' || substr(${column}, 12, 8)`;
  const separator = `substr(${column}, 11, 1) IN ('T', ' ')`;
  const tail = `substr(${column}, 20)`;
  const digits = `rtrim(${tail}, 'Z')`;
  const fraction = `${digits} GLOB '.[0-9]*' AND length(${digits}) <= 7 AND substr(${digits}, 2) NOT GLOB '*[^0-9]*'`;
  const oneZone = `length(${tail}) - length(${digits}) <= 1`;
  return `(${head} AND ${separator} AND (${tail} IN ('', 'Z') OR (${fraction} AND ${oneZone})))`;
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
