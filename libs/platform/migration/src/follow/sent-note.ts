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

/** Of the file with this log; null where none was remembered, or a comparison of everything has accepted the file since. */
export async function rememberedNote(client: Client, generation: string): Promise<string | null> {
  const { rows } = await client.query<{ note: string }>(
    `SELECT detail->>'sent' AS note FROM migration_follow WHERE generation = $1 AND detail->>'sent' IS NOT NULL LIMIT 1`,
    [generation],
  );
  return rows[0]?.note ?? null;
}

/** In the transaction in which the entries leave the queue. With every table of the file, also those that others follow. */
export async function rememberNote(client: Client, generation: string, note: string | null): Promise<void> {
  if (note === null) return;
  await client.query(
    `UPDATE migration_follow SET detail = jsonb_set(detail, '{sent}', to_jsonb($2::text)) WHERE generation = $1`,
    [generation, note],
  );
}
