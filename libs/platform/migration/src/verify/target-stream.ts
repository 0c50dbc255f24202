import { takeSettings } from '@sluice/postgres/session';
import { Client, type Connection, type Submittable } from 'pg';
import { copyBytes } from './copy-bytes';
import { FIELD, QUOTE, ESCAPE, quoted, type LayoutColumn } from './row-layout';

const COPY_DATA = 0x64;
const COPY_OUT_RESPONSE = 0x48;
const NOTICE = 0x4e;
const PARAMETER_STATUS = 0x53;
/** Messages that are part of a COPY; notices among them are of no interest here. */
const OURS = new Set([COPY_DATA, COPY_OUT_RESPONSE, NOTICE, PARAMETER_STATUS]);
const HEADER_BYTES = 5;
/** A connection's buffer at first; it grows with its ranges, and is not kept where a long row made it too large. */
const FIRST_BYTES = 1024 * 1024;
const MOST_KEPT_BYTES = 4 * 1024 * 1024;

/** The target's rows of one key range, as PostgreSQL printed them. Valid until the next range is read on the connection. */
export interface TargetRange {
  readonly bytes: Buffer;
  readonly rows: number;
}

/**
 * Receives one COPY TO STDOUT into a buffer that is kept for the next. PostgreSQL frames every row as a message of its
 * own; this takes the messages out of the socket's chunks itself, because the driver's parser makes an object of each.
 */
export class CopyOut implements Submittable {
  private bytes: Buffer;
  private length = 0;
  private rows = 0;
  /** Bytes of the message's header that came so far, and how much of its payload is still to come. */
  private header = Buffer.alloc(HEADER_BYTES);
  private headed = 0;
  private missing = 0;
  private keeping = false;
  private connection: Connection | undefined;
  private driver: ((chunk: Buffer) => void) | undefined;
  private failure: Error | undefined;
  private settle: ((error: Error | undefined) => void) | undefined;
  readonly done: Promise<TargetRange>;

  constructor(
    private readonly sql: string,
    buffer: Buffer,
  ) {
    this.bytes = buffer;
    this.done = new Promise((resolve, reject) => {
      this.settle = (error) =>
        error ? reject(error) : resolve({ bytes: this.bytes.subarray(0, this.length), rows: this.rows });
    });
    this.done.catch(() => undefined); // Whoever waits for the range hears of it; between two ranges nobody waits yet.
  }

  /** The buffer, perhaps grown, for the next range. */
  get buffer(): Buffer {
    return this.bytes;
  }

  submit(connection: Connection): void {
    this.connection = connection;
    const [driver] = connection.stream.listeners('data');
    this.driver = driver as (chunk: Buffer) => void;
    connection.stream.removeListener('data', this.driver);
    connection.stream.on('data', this.take);
    connection.query(this.sql);
  }

  private readonly take = (chunk: Buffer): void => {
    let at = 0;
    while (at < chunk.length) {
      if (this.missing > 0) at = this.payload(chunk, at);
      else if (this.headed === 0) {
        at = this.wholeRows(chunk, at);
        if (at < chunk.length && !OURS.has(chunk[at]!)) return this.giveBack(chunk.subarray(at));
        if (at < chunk.length) at = this.head(chunk, at);
      } else at = this.head(chunk, at);
    }
  };

  /** The quick way: rows that lie in the chunk as a whole. Returns where something else begins. */
  private wholeRows(chunk: Buffer, start: number): number {
    let at = start;
    let to = this.length;
    while (at + HEADER_BYTES <= chunk.length && chunk[at] === COPY_DATA) {
      const size = ((chunk[at + 1]! << 24) | (chunk[at + 2]! << 16) | (chunk[at + 3]! << 8) | chunk[at + 4]!) - 4;
      const end = at + HEADER_BYTES + size;
      if (end > chunk.length || size < 0) break;
      if (to + size > this.bytes.length) {
        this.length = to;
        this.makeRoom(size);
      }
      to = copyBytes(chunk, at + HEADER_BYTES, end, this.bytes, to);
      this.rows++;
      at = end;
    }
    this.length = to;
    return at;
  }

  /** Gathers the header of a message that may come in pieces. */
  private head(chunk: Buffer, start: number): number {
    let at = start;
    while (this.headed < HEADER_BYTES && at < chunk.length) this.header[this.headed++] = chunk[at++]!;
    if (this.headed < HEADER_BYTES) return at;
    this.headed = 0;
    this.missing = this.header.readUInt32BE(1) - 4;
    this.keeping = this.header[0] === COPY_DATA;
    if (this.keeping) {
      this.rows++;
      this.makeRoom(this.missing);
    }
    return at;
  }

  private payload(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.missing);
    this.missing -= end - at;
    if (this.keeping) this.length = copyBytes(chunk, at, end, this.bytes, this.length);
    return end;
  }

  private makeRoom(sizeBytes: number): void {
    if (this.length + sizeBytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + sizeBytes));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  /** The copy is over: the driver reads on. */
  private giveBack(rest: Buffer): void {
    const { stream } = this.connection!;
    stream.removeListener('data', this.take);
    stream.on('data', this.driver!);
    this.driver!(rest);
  }

  handleError(error: Error): void {
    this.failure ??= error;
    this.settle?.(this.failure);
  }

  handleReadyForQuery(): void {
    this.settle?.(this.failure);
  }

  // The driver calls these of every query; a COPY that ends well needs neither.
  handleCommandComplete(): void {}
  handleRowDescription(): void {}
}

/** The target side of the comparison: one snapshot, read in key ranges over one connection, or two where ranges overlap. */
export class TargetReader {
  private readonly buffers: Buffer[] = [0, 1].map(() => Buffer.allocUnsafe(FIRST_BYTES));
  private readonly clients: Promise<Client>[] = [];
  private turn = 0;
  /** The end of the last range of each connection, without its bytes. */
  private readonly under: Promise<void>[] = [];
  private snapshot = '';

  /** Rows that are kept as history, which no range has: where there are none, nothing is asked of them. */
  kept = 0n;

  private constructor(
    private readonly connectionString: string,
    private readonly select: (from: bigint, to: bigint) => string,
  ) {}

  static async open(
    connectionString: string,
    table: string,
    key: string,
    layout: readonly LayoutColumn[],
    legacyTable: string | null = null,
  ): Promise<TargetReader> {
    const reader: TargetReader = new TargetReader(connectionString, (from, to) =>
      copyStatement(table, key, layout, from, to, reader.kept > 0n ? legacyTable : null),
    );
    try {
      const client = await reader.client(0);
      reader.snapshot = (await client.query<{ id: string }>('SELECT pg_export_snapshot() AS id')).rows[0]!.id;
      if (legacyTable !== null) reader.kept = await reader.countKept(legacyTable);
    } catch (error) {
      await reader.close();
      throw error;
    }
    return reader;
  }

  /** The second one is opened when a range is asked for while another is under way: most tables are one range. */
  private client(turn: number): Promise<Client> {
    const known = (this.clients[turn] ??= this.connect());
    known.catch(() => undefined); // Whoever waits for its range hears of it.
    return known;
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.connectionString, application_name: 'sluice verify' });
    client.on('error', () => undefined); // The query that is under way fails with the same error.
    try {
      await client.connect();
      await takeSettings(client, this.connectionString);
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      if (this.snapshot) await client.query(`SET TRANSACTION SNAPSHOT '${this.snapshot}'`);
      await client.query(SESSION);
      return client;
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  private async countKept(legacyTable: string): Promise<bigint> {
    const [there] = await this.rows<{ it: boolean }>("SELECT to_regclass('migration_kept') IS NOT NULL AS it");
    if (!there?.it) return 0n;
    const [row] = await this.rows<{ count: string }>(
      'SELECT count(*) AS count FROM migration_kept WHERE table_name = $1',
      [legacyTable],
    );
    return BigInt(row?.count ?? 0);
  }

  /** Starts to read the rows with `from <= key <= to`. The bytes live until the range after the next is started. */
  range(from: bigint, to: bigint): Promise<TargetRange> {
    const turn = this.turn;
    this.turn = 1 - turn;
    const range = this.read(turn, from, to);
    this.under[turn] = range.then(() => undefined);
    this.under[turn].catch(() => undefined); // As for `done`.
    return range;
  }

  private async read(turn: number, from: bigint, to: bigint): Promise<TargetRange> {
    const client = await this.client(turn);
    const copy = new CopyOut(this.select(from, to), this.buffers[turn]!);
    client.query(copy);
    const range = await copy.done;
    this.buffers[turn] = copy.buffer.length > MOST_KEPT_BYTES ? Buffer.allocUnsafe(FIRST_BYTES) : copy.buffer;
    return range;
  }

  /** A query in the same snapshot; waits for the range that is under way. */
  async rows<T extends object>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    await this.under[0];
    return (await (await this.client(0)).query<T>(sql, parameters)).rows;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.clients.map(async (client) => (await client).end()));
  }
}

/** Times in UTC, shortest doubles, and ranges by the key's index whatever the statistics say. */
const SESSION = `SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1;
  SET LOCAL client_encoding = 'UTF8'; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL jit = off;
  SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0`;

/** `history`: without the rows of this legacy table that are kept although the file has them no more. */
function copyStatement(
  table: string,
  key: string,
  layout: readonly LayoutColumn[],
  from: bigint,
  to: bigint,
  history: string | null,
): string {
  const texts = layout.filter(({ conversion }) => conversion.kind === 'text').map(({ name }) => quoted(name));
  const forced = texts.length > 0 ? `, FORCE_QUOTE (${texts.join(', ')})` : '';
  const control = (byte: number): string => `E'\\x${byte.toString(16).padStart(2, '0')}'`;
  return `COPY (SELECT ${layout.map(({ name }) => quoted(name)).join(', ')} FROM ${quoted(table)}
    WHERE ${quoted(key)} BETWEEN ${from} AND ${to}${history === null ? '' : notKept(history, key)} ORDER BY ${quoted(key)}) TO STDOUT (FORMAT csv, NULL '',
    DELIMITER ${control(FIELD)}, QUOTE ${control(QUOTE)}, ESCAPE ${control(ESCAPE)}${forced})`;
}

/** SQL that leaves kept rows out of the rows of a target; `key` is the target's, as a name. */
export const notKept = (legacyTable: string, key: string): string =>
  ` AND NOT EXISTS (SELECT 1 FROM migration_kept k WHERE k.table_name = '${legacyTable.replaceAll("'", "''")}' AND k.row_key = ${quoted(key)})`;
