import { SENT, type LogWriting, type SentEntry } from '@sluice/legacy';
import type { Client } from 'pg';

/**
 * What was carried into a file leaves no entry in its log, so an older state of the file, copied back in its place, looks as
 * if nothing were missing. It tells itself by the note of what was carried last: PostgreSQL remembers that, too.
 */

/** The greatest entry of a note, which is in no other one; null of an empty note. */
export function noteOf(sent: readonly SentEntry[]): string | null {
  const [first] = sent;
  if (!first) return null;
  const last = sent.reduce((top, one) => (one.seq > top.seq ? one : top), first);
  return `${last.seq} ${last.queuedAt}`;
}

/** Of a file that has such notes. */
export function noteIn(reading: Pick<LogWriting, 'rows'>): string | null {
  const [last] = reading.rows(`SELECT seq, queued_at FROM ${SENT} ORDER BY seq DESC LIMIT 1`);
  return last ? `${String(last[0])} ${String(last[1])}` : null;
}

/** Null where none was remembered, or a comparison of everything has accepted the file since. */
export async function rememberedNote(
  client: Client,
  tables: readonly string[],
  generation: string,
): Promise<string | null> {
  const { rows } = await client.query<{ note: string }>(
    `SELECT DISTINCT detail->>'sent' AS note FROM migration_follow
      WHERE table_name = ANY($1) AND generation = $2 AND detail->>'sent' IS NOT NULL`,
    [tables, generation],
  );
  return rows[0]?.note ?? null;
}

/** In the transaction in which the entries leave the queue. */
export async function rememberNote(client: Client, tables: readonly string[], note: string | null): Promise<void> {
  if (note === null) return;
  await client.query(
    `UPDATE migration_follow SET detail = jsonb_set(detail, '{sent}', to_jsonb($2::text)) WHERE table_name = ANY($1)`,
    [tables, note],
  );
}
