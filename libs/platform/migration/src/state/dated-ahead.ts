import type { Client } from 'pg';

const COUNTING = `status = 'finished' AND NOT report ? 'outdated'`;
const RUNS = `started_at > clock_timestamp() AND ${COUNTING}`;
const BACKUPS = `taken_at > clock_timestamp() AND NOT dated_ahead`;

const MARK_RUNS = `UPDATE migration_runs SET report = report || '{"outdated": true}'`;

/**
 * A run or backup of a time to come is from before the server's clock was set back: what is done now is later, and has to stay so
 * when the clock has caught up, so it opens no gate any more. Whoever does, looks at or follows anything looks for them first,
 * because afterwards nothing tells them from others. As parts of a statement.
 */
export const MARK_DATED_AHEAD = `ahead_runs AS (${MARK_RUNS} WHERE ${RUNS}),
  ahead_backups AS (UPDATE migration_backups SET dated_ahead = true WHERE ${BACKUPS})`;

/** Writes where there is one; a server that takes no writes can be asked, too. */
export async function markDatedAhead(client: Client): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM migration_runs WHERE ${RUNS}) OR EXISTS (SELECT 1 FROM migration_backups WHERE ${BACKUPS}) AS found`,
  );
  if (rows[0]?.found) await client.query(`WITH ${MARK_DATED_AHEAD} SELECT 1`);
}

/**
 * What was seen before a backup was taken says nothing of the rows that it brings back beside files which have gone on since: no
 * run that it knows of opens a gate any more, and of each domain a new stay in its mode begins, in which reads are compared and
 * people asked anew. Within the transaction that restores.
 */
export async function markRestored(client: Client): Promise<void> {
  await client.query(`${MARK_RUNS} WHERE ${COUNTING}`);
  await client.query('UPDATE migration_domains SET epoch = epoch + 1');
}
