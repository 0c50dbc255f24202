import { closeAtOnce, findLog, lastEntry, LegacyDatabase } from '@sluice/legacy';
import type { Client } from 'pg';
import type { KnownFile } from './save-legacy';

/**
 * Why the files have to stay for whoever follows: their change logs tell of writes that came after the close, or just before it,
 * and that nobody has looked at, so that they are in no list. Of a file that nobody has followed by its log nothing is known.
 */
export async function unseenWrites(
  client: Client,
  known: readonly KnownFile[],
  signal: AbortSignal,
): Promise<string[]> {
  const reasons: string[] = [];
  for (const { origin, family } of known) {
    if (family) continue;
    const database = await LegacyDatabase.openInTurns(origin, { signal });
    try {
      const found = findLog((sql, ...params) => database.all(sql, ...params));
      const seen = found && (await lookedAt(client, found.log.generation));
      if (found && seen !== null && lastEntry(database) > seen)
        reasons.push(`${origin} was written to, and nobody has looked at what: run \`sluice follow --once\` first, then \`sluice divergences list\``); // prettier-ignore
    } finally {
      await closeAtOnce(database);
    }
  }
  return reasons;
}

/** Up to where every followed table of the log was looked at; null where nobody has followed it. */
async function lookedAt(client: Client, generation: string): Promise<bigint | null> {
  const { rows } = await client.query<{ position: string | null }>(
    'SELECT min(position)::text AS position FROM migration_follow WHERE generation = $1',
    [generation],
  );
  const position = rows[0]?.position ?? null;
  return position === null ? null : BigInt(position);
}
