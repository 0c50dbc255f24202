import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { LegacyDatabase } from '@sluice/legacy';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import { AmbiguousSourceError, LegacyRootError, MissingSourceError, OutsideTreeError } from './inspect.errors';

export interface FindOptions {
  /** The legacy backend's root folder. */
  readonly root: string;
  readonly workingDirs: readonly string[];
  readonly tables: readonly LegacyTable[];
  /** The file of a table where it is not to be searched for. */
  readonly files: Readonly<Record<string, string>>;
  readonly required: boolean;
}

export interface FoundSources {
  /** Each file with the tables that are read from it, in the order of the mappings. */
  readonly files: readonly { readonly file: string; readonly tables: readonly LegacyTable[] }[];
  readonly missing: readonly { readonly table: LegacyTable; readonly lookedIn: readonly string[] }[];
  /** What the reader should know of the choice between files. */
  readonly notes: readonly string[];
}

/**
 * Finds the file of each table. The legacy code names the same file by two rules, so it may lie below the root, below the
 * folder in which the process ran, or in both with a part of the tables each: every place is looked at, and the one with
 * rows counts. Throws where two have rows, where a link leaves the folders, and where a required file is missing.
 */
export function findSources(options: FindOptions): FoundSources {
  const places = placesOf(options);
  const notes: string[] = [];
  const byFile = new Map<string, LegacyTable[]>();
  const missing: { table: LegacyTable; lookedIn: string[] }[] = [];
  const census = new FileCensus();
  for (const table of options.tables) {
    const candidates = places.map((place) => path.join(place, table.source.file));
    const named = options.files[table.name];
    const file = named ? path.resolve(named) : chooseFile(table, existing(candidates, places), census, notes);
    if (file) byFile.set(file, [...(byFile.get(file) ?? []), table]);
    else missing.push({ table, lookedIn: candidates });
  }
  if (options.required && missing.length > 0) {
    const lookedIn = [...new Set(missing.flatMap((one) => one.lookedIn))];
    throw new MissingSourceError(missing.map(({ table }) => table.name), lookedIn); // prettier-ignore
  }
  return { files: [...byFile].map(([file, tables]) => ({ file, tables })), missing, notes };
}

/** The root, the given working directories, and the root's immediate folders. */
function placesOf({ root, workingDirs }: FindOptions): string[] {
  for (const dir of [root, ...workingDirs]) {
    if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
      throw new LegacyRootError(`${dir} is not a folder.`, { remedy: 'Give the legacy folder with --legacy DIR.' });
    }
  }
  const below = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(root, entry.name))
    .sort();
  return [...new Set([root, ...workingDirs.map((dir) => path.resolve(dir)), ...below])];
}

function existing(candidates: readonly string[], places: readonly string[]): string[] {
  const roots = places.map((place) => realpathSync(place) + path.sep);
  const found = new Map<string, string>();
  for (const candidate of candidates) {
    if (!existsSync(candidate)) continue;
    const real = realpathSync(candidate);
    if (!roots.some((root) => real.startsWith(root))) throw new OutsideTreeError(candidate);
    if (!found.has(real)) found.set(real, candidate);
  }
  return [...found.values()];
}

function chooseFile(
  table: LegacyTable,
  files: readonly string[],
  census: FileCensus,
  notes: string[],
): string | undefined {
  const twins = files.length > 1;
  const counted = files
    .filter((file) => !(twins && statSync(file).size === 0))
    .map((file) => ({ file, rows: census.rowsOf(file, table.source.table) }))
    .filter((candidate): candidate is { file: string; rows: bigint } => candidate.rows !== null);
  const filled = counted.filter(({ rows }) => rows > 0n);
  if (filled.length > 1) throw new AmbiguousSourceError(table.name, filled.map(({ file }) => file)); // prettier-ignore
  const chosen = (filled[0] ?? counted[0])?.file;
  if (chosen && twins)
    notes.push(`${table.name}: read from ${chosen}; ${files.length - 1} other file(s) of that name hold no rows of it`);
  if (!chosen && files.length > 0) notes.push(`${table.name}: ${files.join(', ')} has no such table`);
  return chosen;
}

/** Rows per table of each file, read once. */
class FileCensus {
  private readonly known = new Map<string, Map<string, bigint>>();

  /** Null where the file has no such table. */
  rowsOf(file: string, table: string): bigint | null {
    let rows = this.known.get(file);
    if (!rows) this.known.set(file, (rows = countRows(file)));
    return rows.get(table) ?? null;
  }
}

function countRows(file: string): Map<string, bigint> {
  const database = LegacyDatabase.open(file, { snapshot: 'in-place' });
  try {
    return new Map(
      database
        .tables()
        .filter(({ type }) => type === 'table')
        .map(({ name }) => [name, database.rows(`SELECT count(*) FROM ${quoteName(name)}`)[0]?.[0] as bigint]),
    );
  } finally {
    database.close();
  }
}
