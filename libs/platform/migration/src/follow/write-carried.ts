import {
  changedSince,
  ensureTwoWay,
  forgetEcho,
  lastEntry,
  LogMissingError,
  logNumbers,
  noteSent,
} from '@sluice/legacy';
import type { Client } from 'pg';
import type { LegacyConnection, LegacyFile, LegacySession } from '../write-back/legacy-file';
import type { LegacyTableWriter, PreparedChanges, WriteResult } from '../write-back/legacy-table-writer';
import { readTargetRows } from '../write-back/target-rows';
import type { FollowedTable } from './followed-table';
import type { OutboxEntry } from './outbox';
import { noteIn } from './sent-note';

/** A legacy file that rows of PostgreSQL are carried into. */
export interface CarriedFile {
  readonly file: LegacyFile;
  /** Of its change log. */
  readonly generation: string;
  /** By the mapping's name, parents before children. */
  readonly tables: ReadonlyMap<string, CarriedTable>;
}

export interface CarriedTable {
  readonly followed: FollowedTable;
  readonly writer: LegacyTableWriter;
}

/** What a transaction of the file has done. */
export interface Carried {
  readonly entries: readonly OutboxEntry[];
  /** By the mapping's name. */
  readonly results: ReadonlyMap<string, WriteResult>;
}

/** Entries of one table, of which the rows are read. */
interface Load extends CarriedTable {
  readonly entries: readonly OutboxEntry[];
  readonly prepared: PreparedChanges;
}

interface Asked {
  readonly entries: readonly OutboxEntry[];
  /** Up to where the file's log is applied. */
  readonly position: bigint;
  /** Throws where the file that has this note must not be written to. */
  readonly assertCarried: (note: string | null) => void;
}

/**
 * Writes rows as PostgreSQL holds them now, in one transaction of the file: rows that the legacy program has changed beyond the
 * position are left alone (the next batch decides), the others are written, the echo in the change log is taken out, and the
 * entries are noted. Throws `FOLLOW_LOG_MISSING`, and what writing to a legacy file throws.
 */
export function writeCarried(client: Client, target: CarriedFile, asked: Asked): Promise<Carried> {
  return target.file.session(async (session) => {
    const loads: Load[] = [];
    for (const [name, table] of target.tables) {
      const entries = asked.entries.filter((entry) => entry.table === name);
      if (entries.length > 0) loads.push({ ...table, entries, prepared: await prepare(client, session, table, entries) }); // prettier-ignore
    }
    return session.writing((connection) => write(connection, loads, target, asked));
  });
}

/** Rows that are kept as history were deleted in the file, and do not come back to it. */
async function prepare(
  client: Client,
  session: LegacySession,
  { followed: { table }, writer }: CarriedTable,
  entries: readonly OutboxEntry[],
): Promise<PreparedChanges> {
  const keys = [...new Set(entries.map(({ key }) => key))];
  const rows = await readTargetRows(client, table, keys);
  const { rows: kept } = await client.query<{ key: string }>(
    'SELECT row_key::text AS key FROM migration_kept WHERE table_name = $1 AND row_key = ANY($2::bigint[])',
    [table.name, keys.map(String)],
  );
  const isKept = new Set(kept.map(({ key }) => BigInt(key)));
  return writer.prepare(session, {
    upserts: keys.flatMap((key) => (isKept.has(key) ? [] : (rows.get(key) ?? []))),
    deletes: keys.filter((key) => !rows.has(key)).map((key) => ({ [table.source.key]: key.toString() })),
  });
}

function write(
  connection: LegacyConnection,
  loads: readonly Load[],
  { file, generation }: CarriedFile,
  { position, assertCarried }: Asked,
): Carried {
  const log = logNumbers(connection);
  if (log.generation !== generation) throw new LogMissingError(file.path, 'it was installed anew');
  ensureTwoWay(connection);
  assertCarried(noteIn(connection));
  const last = lastEntry(connection);
  const due = loads.map((load) => {
    const keys = load.entries.map(({ key }) => key);
    const changed = changedSince(connection, position, log.numbers.get(load.followed.table.source.table)!, keys);
    return { ...load, changed, without: new Set([...changed].map(String)) };
  });
  const results = new Map<string, WriteResult>();
  const deleted = new Map<string, number>();
  for (const { followed, writer, prepared, without } of [...due].reverse())
    deleted.set(followed.table.name, writer.takeOut(connection, prepared, without));
  for (const { followed: { table }, writer, prepared, without } of due)
    results.set(table.name, { ...writer.putIn(connection, prepared, without), deleted: deleted.get(table.name)! }); // prettier-ignore
  forgetEcho(connection, last);
  const entries = due.flatMap((load) => load.entries.filter(({ key }) => !load.changed.has(key)));
  if (entries.length > 0) noteSent(connection, entries);
  return { entries, results };
}
