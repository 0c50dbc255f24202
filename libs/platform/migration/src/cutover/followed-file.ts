import { statSync } from 'node:fs';
import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import type { FileOf } from '../domains/domain-ids';
import { findSources, type FoundSources, type SourceSearch } from '../inspect';
import { FileAwayError, OtherFileError } from './cutover.errors';

/**
 * Throws `CUTOVER_OTHER_FILE` where a table of the domain is followed in another file than the one that is given: a copy of
 * it has the same log, and what is left in it for PostgreSQL (ids) the legacy program would never hear of.
 */
export async function assertFollowed(client: Client, domain: Domain, fileOf: FileOf): Promise<void> {
  const { rows } = await client.query<{ table: string; path: string; device: string; inode: string }>(
    `SELECT table_name AS "table", source_path AS path, detail->>'device' AS device, detail->>'inode' AS inode
       FROM migration_follow WHERE table_name = ANY($1) AND feed = 'change-log' AND detail ? 'inode'`,
    [domain.tables.map(({ name }) => name)],
  );
  for (const { table, path, device, inode } of rows) {
    const file = fileOf(domain.tables.find(({ name }) => name === table)!);
    const { dev, ino } = statSync(file, { bigint: true });
    if (String(dev) !== device || String(ino) !== inode) throw new OtherFileError(domain.name, file, path);
  }
}

/** The files of all these tables. Throws `CUTOVER_FILE_AWAY` where one has none, and what `findSources` throws. */
export function requireSources(search: SourceSearch): FoundSources {
  const found = findSources({ ...search, required: false });
  if (found.missing.length > 0) throw new FileAwayError(found.missing.map(({ table, reason }) => `${table.name}: ${reason}`)); // prettier-ignore
  return found;
}
