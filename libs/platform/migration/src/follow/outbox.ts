import type { SentEntry } from '@sluice/legacy';
import type { Client } from 'pg';

/** A row that is to be written into its legacy file as PostgreSQL holds it by then. Of one key there may be several. */
export interface OutboxEntry extends SentEntry {
  readonly table: string;
  readonly key: bigint;
  readonly attempts: number;
  /** The attempts were refusals of this very row, and not faults of the file. */
  readonly isRefused: boolean;
}

interface EntryRow {
  readonly seq: string;
  readonly queuedAt: string;
  readonly table: string;
  readonly key: string;
  readonly attempts: number;
  readonly isRefused: boolean;
}

const REFUSED = `coalesce(o.error LIKE 'WRITE\\_BACK\\_REFUSED %', false)`;
const ENTRY = `o.seq::text, o.queued_at::text AS "queuedAt", o.table_name AS "table", o.row_key::text AS key, o.attempts, ${REFUSED} AS "isRefused"`;
const entryOf = (row: EntryRow): OutboxEntry => ({ ...row, seq: BigInt(row.seq), key: BigInt(row.key) });

/** The longest pause between two attempts. */
const MOST_SECONDS = 30;
/** What is put off for longer than ever: the server's clock was set back since. */
const DUE = `(o.next_at <= clock_timestamp() OR o.next_at > clock_timestamp() + interval '${MOST_SECONDS + 1} s')`;

/** What is due of these tables, the oldest first. */
export async function dueEntries(client: Client, tables: readonly string[], most: number): Promise<OutboxEntry[]> {
  const { rows } = await client.query<EntryRow>({
    name: 'sluice-outbox-due',
    text: `SELECT ${ENTRY} FROM migration_outbox o WHERE o.table_name = ANY($1::text[]) AND o.dead_at IS NULL
       AND ${DUE} ORDER BY o.seq LIMIT $2`,
    values: [tables, most],
  });
  return rows.map(entryOf);
}

/** Of these notes of a file those that PostgreSQL has not forgotten yet. */
export async function sentEntries(client: Client, sent: readonly SentEntry[]): Promise<OutboxEntry[]> {
  const { rows } = await client.query<EntryRow>(
    `SELECT ${ENTRY} FROM migration_outbox o JOIN unnest($1::bigint[], $2::text[]) AS s(seq, at)
       ON o.seq = s.seq AND o.queued_at::text = s.at`,
    [sent.map(({ seq }) => seq.toString()), sent.map(({ queuedAt }) => queuedAt)],
  );
  return rows.map(entryOf);
}

/** Whether a row, by the text of its key, is about to be written into its file. */
export async function isQueued(client: Client, table: string, key: string): Promise<boolean> {
  const { rows } = await client.query(
    'SELECT 1 FROM migration_outbox WHERE table_name = $1 AND row_key::text = $2 AND dead_at IS NULL LIMIT 1',
    [table, key],
  );
  return rows.length > 0;
}

/** Has rows written into their files, whatever was queued of them before. */
export async function queueRows(
  client: Client,
  rows: readonly { readonly table: string; readonly key: bigint }[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    'INSERT INTO migration_outbox (table_name, row_key) SELECT * FROM unnest($1::text[], $2::bigint[])',
    [rows.map(({ table }) => table), rows.map(({ key }) => key.toString())],
  );
}

/** The file's rows count: nothing of these is written into it. In the caller's transaction. */
export async function forgetRows(client: Client, table: string, keys: readonly bigint[]): Promise<void> {
  await client.query('DELETE FROM migration_outbox WHERE table_name = $1 AND row_key = ANY($2::bigint[])', [
    table,
    keys.map(String),
  ]);
}

/** What is in the file now: these entries and, of the same rows, older ones that were given up. In the caller's transaction. */
export async function deleteEntries(client: Client, done: readonly OutboxEntry[]): Promise<void> {
  await client.query(
    `WITH done AS (SELECT name, key, max(seq) AS seq FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS d(name, key, seq)
         GROUP BY name, key),
       mended AS (UPDATE migration_divergences v SET settled_at = now(), settled_by = 'sluice follow', resolution = 'written later'
         FROM done WHERE v.table_name = done.name AND v.row_key = done.key AND v.kind = 'refused' AND v.settled_at IS NULL)
     DELETE FROM migration_outbox o USING done WHERE o.table_name = done.name AND o.row_key = done.key AND o.seq <= done.seq`,
    columns(done),
  );
}

/** Tried again after a time that doubles, up to half a minute. `attempts`: how many are behind them now; one more by default. */
export async function putOff(
  client: Client,
  entries: readonly OutboxEntry[],
  error: string,
  attempts: number | null = null,
): Promise<void> {
  await client.query(
    `UPDATE migration_outbox SET attempts = coalesce($3::int, attempts + 1), error = $2,
       next_at = clock_timestamp() + least(${MOST_SECONDS}, 0.25 * 2 ^ least(coalesce($3::int - 1, attempts), 10)) * interval '1 second'
      WHERE seq = ANY($1::bigint[])`,
    [entries.map(({ seq }) => seq.toString()), error, attempts],
  );
}

/** The file can be written to again: what waits because it could not is due now. Gives how many. */
export async function wakeEntries(client: Client, tables: readonly string[]): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE migration_outbox o SET next_at = clock_timestamp()
      WHERE table_name = ANY($1::text[]) AND dead_at IS NULL AND next_at > clock_timestamp() AND NOT ${REFUSED}`,
    [tables],
  );
  return rowCount ?? 0;
}

/** Nobody tries them again unasked. */
export async function buryEntries(client: Client, entries: readonly OutboxEntry[], error: string): Promise<void> {
  await client.query(
    'UPDATE migration_outbox SET attempts = attempts + 1, error = $2, dead_at = now() WHERE seq = ANY($1::bigint[])',
    [entries.map(({ seq }) => seq.toString()), error],
  );
}

/** Puts entries that were given up back, of all tables where none are named; gives how many. */
export async function reviveEntries(client: Client, tables: readonly string[] | null): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE migration_outbox SET dead_at = NULL, attempts = 0, next_at = clock_timestamp()
      WHERE dead_at IS NOT NULL AND ($1::text[] IS NULL OR table_name = ANY($1))`,
    [tables],
  );
  return rowCount ?? 0;
}

/** What waits for its time to be tried again, in seconds from now; null where nothing does. */
export async function nextDueSeconds(client: Client, tables: readonly string[]): Promise<number | null> {
  const { rows } = await client.query<{ seconds: number | null }>(
    `SELECT extract(epoch FROM min(next_at) - clock_timestamp())::float8 AS seconds FROM migration_outbox
      WHERE table_name = ANY($1::text[]) AND dead_at IS NULL`,
    [tables],
  );
  return rows[0]?.seconds ?? null;
}

const columns = (entries: readonly OutboxEntry[]): unknown[] => [
  entries.map(({ table }) => table),
  entries.map(({ key }) => key.toString()),
  entries.map(({ seq }) => seq.toString()),
];
