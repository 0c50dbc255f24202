import { readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { LegacyDatabase, LegacyFileError } from '@sluice/legacy';
import type { LegacyTable } from '../mapping/legacy-table';
import { isDeadLink } from './links';
import { statPlace } from './stat-place';

const databaseName = /\.(db|sqlite3?)$/i;
/** Nothing is read from these files: nobody waits long for a program that holds one. */
const busyMs = 100;

/**
 * Database files beside the mapped ones that no mapping names: they stay behind, which is no error but must be said. Looks
 * in each of the folders where a mapped file can lie; `read` are the real paths of what is read by another name.
 */
export function unmappedFiles(
  folders: readonly string[],
  tables: readonly LegacyTable[],
  read: ReadonlySet<string>,
): string[] {
  const files = [...new Set(tables.flatMap(({ source }) => (source.family ? [] : [source.file])))];
  const mapped = new Set(folders.flatMap((folder) => files.map((file) => realPath(path.join(folder, file)))));
  const places = [...new Set(folders.flatMap((folder) => files.map((file) => path.dirname(path.join(folder, file)))))];
  const found = new Map(places.flatMap(databasesIn).map((place) => [realPath(place), place]));
  return [...found].filter(([real]) => !mapped.has(real) && !read.has(real)).map(([, place]) => place);
}

/** What there is to say of such a file besides its name: how many tables it has, or why that is not known. */
export function unmappedRemark(place: string, isInside: (place: string) => boolean): string {
  if (isDeadLink(place)) return ' (a link that leads nowhere)';
  if (!isInside(place)) return ' (a link out of the folder)';
  try {
    const database = LegacyDatabase.open(place, { snapshot: 'in-place', busyMs });
    try {
      const count = database.tables().length;
      return `, ${count} ${count === 1 ? 'table' : 'tables'}`;
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof LegacyFileError) return ` (${error.code})`;
    throw error;
  }
}

function databasesIn(folder: string): string[] {
  if (!statPlace(folder)?.isDirectory()) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => databaseName.test(name));
  const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  return files.map(({ name }) => path.join(folder, name)).sort();
}

const realPath = (place: string): string => (statPlace(place) ? realpathSync(place) : place);
