import type { LegacyDatabase } from '@sluice/legacy';
import type { Client } from 'pg';
import type { LegacyTable } from '../mapping/legacy-table';
import { quoted } from './row-layout';
import { VerificationUnsupportedError } from './verify.errors';

export interface SequenceVerification {
  /** The id that the target's sequence gives next, beyond 2^63-1 where it has none left; null without a sequence. */
  readonly nextId: bigint | null;
  /** The greatest id that was ever used on either side, deleted rows included where SQLite remembers them. */
  readonly highWater: bigint;
  /** The next id was never used before. */
  readonly clean: boolean;
}

/**
 * Proves that the next id of a table is above every id ever used. Where both sides give out ids, and the sequence is confined to
 * a block: above every id of the block, with the file's own behind it. Reads only; the sequence is not advanced.
 */
export async function verifySequence(
  database: LegacyDatabase,
  table: LegacyTable,
  client: Client,
): Promise<SequenceVerification> {
  if (table.target.kind !== 'postgres')
    throw new VerificationUnsupportedError(`${table.name} does not go to PostgreSQL.`);
  const key = quoted(table.source.key);
  const target = quoted(table.target.table);
  const [stored] = database.rows(
    `SELECT max(${key}) FROM ${quoted(table.source.table)} WHERE typeof(${key}) = 'integer'`,
  );
  const { rows } = await client.query<{ top: string | null; sequence: string | null }>(
    `SELECT max(${key})::text AS top, pg_get_serial_sequence($1, $2) AS sequence FROM ${target}`,
    [target, table.source.key],
  );
  const used = [stored?.[0], database.highWater(table.source.table), rows[0]?.top].map((id) =>
    BigInt(id === undefined || id === null ? 0 : String(id)),
  );
  const highWater = used.reduce((top, id) => (id > top ? id : top), 0n);
  const sequence = rows[0]?.sequence;
  if (!sequence) return { nextId: null, highWater, clean: false };
  const { nextId, first, last } = await nextOf(client, sequence);
  if (first <= 1n) return { nextId, highWater, clean: nextId > highWater };
  const [[inFile] = []] = database.rows(
    `SELECT max(${key}) FROM ${quoted(table.source.table)} WHERE typeof(${key}) = 'integer' AND ${key} BETWEEN ? AND ?`,
    first,
    last,
  );
  const { rows: inTarget } = await client.query<{ top: string | null }>(
    `SELECT max(${key})::text AS top FROM ${target} WHERE ${key} BETWEEN $1 AND $2`,
    [first.toString(), last.toString()],
  );
  const isBehind = BigInt(String(database.highWater(table.source.table) ?? 0)) >= last;
  const isUnused = [inFile, inTarget[0]?.top].every(
    (id) => id === undefined || id === null || nextId > BigInt(String(id)),
  );
  return { nextId, highWater, clean: isBehind && isUnused };
}

/** `sequence` is quoted already, as `pg_get_serial_sequence` gives it. */
async function nextOf(client: Client, sequence: string): Promise<Record<'nextId' | 'first' | 'last', bigint>> {
  const { rows } = await client.query<Record<'next' | 'first' | 'last', string>>(
    `SELECT p.seqmin::text AS first, p.seqmax::text AS last, (CASE WHEN s.is_called THEN s.last_value::numeric + p.seqincrement ELSE s.last_value END)::text AS next
     FROM ${sequence} AS s, pg_sequence AS p WHERE p.seqrelid = $1::regclass`,
    [sequence],
  );
  const { next, first, last } = rows[0]!;
  return { nextId: BigInt(next), first: BigInt(first), last: BigInt(last) };
}
