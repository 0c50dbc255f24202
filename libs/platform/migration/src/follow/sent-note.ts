import { FollowSourceError, SENT, type LogWriting, type SentEntry } from '@sluice/legacy';
import type { Client } from 'pg';
import { FollowDatabaseOlderError } from './follow.errors';

/**
 * What was carried into a file leaves no entry in its log, so an older state of the file, copied back in its place, looks as
 * if nothing were missing; and to an older state of PostgreSQL, a restored backup, the file looks as if it had nothing more. They
 * tell themselves by the note of what was carried last, which both have. PostgreSQL's is in each checkpoint from the first look on.
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

/**
 * Of the file with this log; null where nothing had been carried into it when it was looked at first, undefined where nobody
 * knows: a new copy, or a comparison of everything, takes the file as it is.
 */
export async function rememberedNote(client: Client, generation: string): Promise<string | null | undefined> {
  const { rows } = await client.query<{ note: string | null }>(
    `SELECT detail->>'sent' AS note FROM migration_follow WHERE generation = $1 AND detail ? 'sent'
      ORDER BY detail->>'sent' NULLS LAST LIMIT 1`,
    [generation],
  );
  return rows[0]?.note;
}

/** Throws where the file has not what PostgreSQL remembers. */
export function assertNoted(file: string, note: string | null, remembered: string | null): void {
  if (note === remembered) return;
  if (note !== null && (remembered === null || queuedMs(note) > queuedMs(remembered)))
    throw new FollowDatabaseOlderError(file);
  throw new FollowSourceError(file, 'it lacks what was carried into it last, as an older state of it does');
}

const queuedMs = (note: string): number => Date.parse(note.slice(note.indexOf(' ') + 1));

/** In the transaction in which the entries leave the queue. With every table of the file, also those that others follow. */
export async function rememberNote(client: Client, generation: string, note: string | null): Promise<void> {
  if (note === null) return;
  await client.query(
    `UPDATE migration_follow SET detail = jsonb_set(detail, '{sent}', to_jsonb($2::text)) WHERE generation = $1`,
    [generation, note],
  );
}
