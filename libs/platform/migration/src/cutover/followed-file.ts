import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import type { FileOf } from '../domains/domain-ids';
import { findSources, type FoundFile, type FoundSources, type SourceSearch } from '../inspect';
import { isSameInode, knownFiles } from '../state/known-file';
import { FileAwayError, OtherFileError } from './cutover.errors';

/**
 * Throws `CUTOVER_OTHER_FILE` where a table of the domain is followed in another file than the one that is given: a copy of
 * it has the same log, and what is left in it for PostgreSQL (ids) the legacy program would never hear of. `orCopied`: before
 * anybody follows, where it is another one than the one that was copied.
 */
export async function assertFollowed(
  client: Client,
  domain: Domain,
  fileOf: FileOf,
  { orCopied = false }: { readonly orCopied?: boolean } = {},
): Promise<void> {
  const known = await knownFiles(client, domain.tables.map(({ name }) => name)); // prettier-ignore
  for (const table of domain.tables) {
    const one = known.get(table.name);
    const isKnown = one?.isFollowed ? one.file.log !== undefined : orCopied && one?.file.inode !== undefined;
    if (!one || !isKnown) continue;
    const file = fileOf(table);
    if (!isSameInode(file, one)) throw new OtherFileError(domain.name, file, one);
  }
}

/** Where the domains' files lie; searched for when the first is asked for. Throws where one is missing. */
export function filesOf(options: Omit<SourceSearch, 'tables'> & { readonly domains: readonly Domain[] }): FileOf {
  const tables = options.domains.flatMap((domain) => domain.tables);
  let found: readonly FoundFile[] | undefined;
  return ({ name }) => {
    found ??= requireSources({ ...options, tables }).files;
    return found.find((one) => one.tables.some((table) => table.name === name))!.file;
  };
}

/** The files of all these tables. Throws `CUTOVER_FILE_AWAY` where one has none, and what `findSources` throws. */
export function requireSources(search: SourceSearch): FoundSources {
  const found = findSources({ ...search, required: false });
  if (found.missing.length > 0) throw new FileAwayError(found.missing.map(({ table, reason }) => `${table.name}: ${reason}`)); // prettier-ignore
  return found;
}
