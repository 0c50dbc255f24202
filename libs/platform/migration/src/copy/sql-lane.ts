import { isUtf8 } from 'node:buffer';
import type { LegacyDatabase } from '@sluice/legacy';
import { batchWithin, bytesOf, type Batch } from '../byte-bound';
import { between } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import { frameExpression, type FrameColumn } from './frame-sql';
import { FrameWriter } from './frame-writer';
import type { KeyRange, Lane, RangeStream } from './lane';
import { copyHeader, copyTrailer } from './page-encoder';
import { affinityOf } from './page-layout';
import { targetName } from '../exact/target-name';

/** A page of rows leaves SQLite as one blob: 4,000 rows, or fewer where rows are long. */
const PAGE_ROWS = 4000;
const PAGE_BYTES = 256 * 1024;
/** SQLite itself gives up on a page that turns out larger than this; a single row that does is left to the exact lane. */
const MOST_PAGE_BYTES = 2 * 1024 * 1024;

/**
 * The safe lane: SQLite itself reads the rows, whatever the shape of the file, and gives a page of them as one blob of
 * frames, which become binary COPY without a JavaScript string per value. A row with a storage class or form that this
 * lane does not vouch for is named to `odd`; a page with bytes that are not UTF-8 likewise, because PostgreSQL would
 * refuse the whole range for it.
 */
export class SqlLane implements Lane {
  readonly name = 'sql';
  private readonly key: string;
  private readonly columns: readonly FrameColumn[];
  private readonly frame: string;
  private readonly pageRows: number;
  private readonly rangeRows: number;

  constructor(
    private readonly database: LegacyDatabase,
    private readonly table: LegacyTable,
    rowBytes: number,
    rangeBytes: number,
  ) {
    this.key = quoteName(table.source.key);
    this.columns = frameColumns(database, table);
    this.frame = frameExpression(table.source.key, this.columns);
    this.pageRows = Math.max(1, Math.min(PAGE_ROWS, Math.floor(PAGE_BYTES / Math.max(1, rowBytes))));
    this.rangeRows = Math.max(1, Math.floor(rangeBytes / Math.max(1, rowBytes)));
  }

  get copySql(): string {
    const columns = this.columns.map(({ name }) => quoteName(name)).join(', ');
    return `COPY ${targetName(this.table)} (${columns}) FROM STDIN WITH (FORMAT binary)`;
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
    const writer = new FrameWriter(this.columns);
    yield { bytes: copyHeader() };
    let rows = this.pageRows;
    for (let last = range.from; ;) {
      const page = this.page(last, range.to, rows);
      if (page === 'empty') break;
      if (page === 'too large') {
        const fitting = this.fitting(last, range.to, rows);
        if (rows === 1) yield { odd: [(last = fitting.last)] };
        else rows = Math.min(fitting.rows, rows >> 1);
        continue;
      }
      const { frames, count, until } = page;
      const odd: bigint[] = [];
      if (isUtf8(frames)) yield { bytes: writer.write(frames, count, (key) => odd.push(key)) };
      else odd.push(...this.keysBetween(last, until));
      if (odd.length > 0) yield { odd };
      last = until;
      rows = Math.max(1, Math.min(PAGE_ROWS, 4 * rows, Math.floor((PAGE_BYTES * count) / frames.length)));
    }
    yield { bytes: copyTrailer() };
    yield { rules: new Map([...writer.rounded].map(([column, count]) => [`${column}: rounded`, count])) };
  }

  private page(from: bigint | null, to: bigint | null, rows: number): Page | 'empty' | 'too large' {
    const { where, params } = between(this.key, from, to);
    const sql =
      `SELECT max(k), count(*), CAST(group_concat(frame, '') AS BLOB) FROM (SELECT ${this.key} AS k, ${this.frame} AS frame ` +
      `FROM ${quoteName(this.table.source.table)} ${where} ORDER BY ${this.key} LIMIT ?)`;
    const result = this.database.rowsWithin(MOST_PAGE_BYTES, sql, ...params, BigInt(rows));
    if (result === null) return 'too large';
    const [until, count, frames] = result[0] ?? [];
    if (!(frames instanceof Uint8Array)) return 'empty';
    const bytes = Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength);
    return { frames: bytes, count: Number(count), until: until as bigint };
  }

  /** Those of the next rows that make a page; they are looked at only where as many as usual were too much. */
  private fitting(from: bigint | null, to: bigint | null, rows: number): Batch {
    const { where, params } = between(this.key, from, to);
    const sql = `SELECT ${this.key}, ${bytesOf(this.columns.map(({ name }) => name))} FROM ${quoteName(this.table.source.table)}
      ${where} ORDER BY ${this.key} LIMIT ?`;
    const batch = batchWithin(PAGE_BYTES, this.database.rows(sql, ...params, BigInt(rows)));
    if (!batch) throw new TypeError('Rows that were too large are none.');
    return batch;
  }

  private keysBetween(from: bigint | null, to: bigint): bigint[] {
    const { where, params } = between(this.key, from, to);
    const from_ = `FROM ${quoteName(this.table.source.table)}`;
    return this.database.rows(`SELECT ${this.key} ${from_} ${where}`, ...params).map(([key]) => key as bigint);
  }
}

/** Rows behind one another, as one blob of frames. */
interface Page {
  readonly frames: Buffer;
  readonly count: number;
  readonly until: bigint;
}

/** The key in front of all others. */
function frameColumns(database: LegacyDatabase, table: LegacyTable): FrameColumn[] {
  const info = database.table(table.source.table);
  const columns = Object.entries(table.columns).map(([name, conversion]): FrameColumn => {
    const column = info?.columns.find((known) => known.name === name);
    const isKey = name === table.source.key && conversion.kind === 'integer';
    return { name, conversion, affinity: column ? affinityOf(column) : 'none', isKey };
  });
  return [...columns.filter(({ isKey }) => isKey), ...columns.filter(({ isKey }) => !isKey)];
}
