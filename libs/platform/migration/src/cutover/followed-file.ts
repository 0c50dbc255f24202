import { statSync } from 'node:fs';
import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import type { FileOf } from '../domains/domain-ids';
import { findSources, type FoundSources, type SourceSearch } from '../inspect';
import { knownFiles } from '../state/known-file';
import { FileAwayError, OtherFileError } from './cutover.errors';

/**
 * Throws `CUTOVER_OTHER_FILE` where a table of the domain is followed in another file than the one that is given: a copy of
 * it has the same log, and what is left in it for PostgreSQL (ids) the legacy program would never hear of.
 */
export async function assertFollowed(client: Client, domain: Domain, fileOf: FileOf): Promise<void> {
  const known = await knownFiles(client, domain.tables.map(({ name }) => name)); // prettier-ignore
  for (const table of domain.tables) {
    const one = known.get(table.name);
    if (!one?.isFollowed || one.file.log === undefined) continue;
    const file = fileOf(table);
    const { dev, ino } = statSync(file, { bigint: true });
    if (String(dev) !== one.file.device || String(ino) !== one.file.inode) throw new OtherFileError(domain.name, file, one.path); // prettier-ignore
  }
}

/** The files of all these tables. Throws `CUTOVER_FILE_AWAY` where one has none, and what `findSources` throws. */
export function requireSources(search: SourceSearch): FoundSources {
  const found = findSources({ ...search, required: false });
  if (found.missing.length > 0) throw new FileAwayError(found.missing.map(({ table, reason }) => `${table.name}: ${reason}`)); // prettier-ignore
  return found;
}
