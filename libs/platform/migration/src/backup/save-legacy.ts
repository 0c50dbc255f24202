import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  closeAtOnce,
  familyNames,
  LegacyDatabase,
  readFamilyFile,
  releaseClosed,
  type FileFamily,
} from '@sluice/legacy';
import { quoteName } from '../exact/legacy-value';
import { findSources, type SourceSearch } from '../inspect';
import { LegacyUnreadableError } from './backup.errors';
import { suffixOf } from './compression';
import type { LegacyPart, SavedFile } from './manifest';
import type { BackupProgress } from './progress';
import { storeFile, type StoreOptions } from './stored-file';

/** One legacy file that a mapping knows; `family` where it is none of SQLite. */
export interface KnownFile {
  readonly origin: string;
  readonly path: string;
  readonly bytes: number;
  readonly family: FileFamily | null;
}

export interface LegacyPlan {
  readonly root: string;
  readonly files: readonly KnownFile[];
  readonly notes: readonly string[];
  /** Tables that no database holds. A family may be empty: its program removes its files, too. */
  readonly missing: readonly string[];
}

/** The legacy files that the mappings know, as `inspect` finds them. Changes nothing; throws what `findSources` throws. */
export function planLegacy(search: SourceSearch): LegacyPlan {
  const found = findSources(search);
  const root = realpathSync(search.root);
  const places = found.files.flatMap(({ file, family }): Pick<KnownFile, 'origin' | 'family'>[] =>
    family ? familyPlaces(file, family.files) : [{ origin: file, family: null }],
  );
  const unique = [...new Map(places.map((place) => [place.origin, place])).values()];
  const files = unique.map(({ origin, family }, i) => ({
    origin,
    family,
    path: placeOf(path.relative(root, origin), i),
    bytes: statSync(origin, { throwIfNoEntry: false })?.size ?? 0,
  }));
  return {
    root,
    files,
    notes: found.notes,
    missing: found.missing.flatMap(({ table }) => (table.source.family ? [] : [table.name])),
  };
}

function familyPlaces(folder: string, family: FileFamily): Pick<KnownFile, 'origin' | 'family'>[] {
  const index = readdirSync(folder).filter((name) => name === family.index);
  const names = [...familyNames(folder, family), ...index];
  return names.map((name) => ({ origin: path.join(folder, name), family }));
}

/** What lies elsewhere is restored into a folder of its own, with a number: two may have one name. */
const placeOf = (relative: string, number: number): string =>
  relative.startsWith('..') || path.isAbsolute(relative)
    ? `elsewhere/${number}-${path.basename(relative)}`
    : relative.split(path.sep).join('/');

type Options = Omit<StoreOptions, 'onBytes'>;

/**
 * Saves every file of the plan as it is at one moment of its own, while its program goes on writing. Throws
 * `BACKUP_FILE_UNREADABLE`, and what reading a database throws (`LegacyFileError`).
 */
export async function saveLegacy(
  { root, files, notes }: LegacyPlan,
  options: Options,
  progress: BackupProgress,
): Promise<LegacyPart> {
  const saved: SavedFile[] = [];
  const gone: string[] = [];
  for (const file of files) {
    progress.next(file.path, file.bytes);
    const name = `legacy/${saved.length + 1}-${path.basename(file.path)}${suffixOf(options.compression)}`;
    try {
      saved.push(await saveFile(file, name, { ...options, onBytes: progress.onBytes }));
    } catch (error) {
      if (!file.family || existsSync(file.origin)) throw error;
      gone.push(`${file.path} is not in it: its program removed it meanwhile.`);
    }
  }
  return { root, files: saved, notes: [...notes, ...gone] };
}

async function saveFile(file: KnownFile, name: string, options: StoreOptions): Promise<SavedFile> {
  const stat = statSync(file.origin, { throwIfNoEntry: false });
  if (!stat) throw new LegacyUnreadableError(file.origin, 'is not there any more');
  const { tables, data } = await withContent(file, options.signal, async ({ tables, chunks }) => {
    const { stored } = await storeFile(name, chunks, options);
    return { tables, data: stored };
  });
  return { path: file.path, origin: file.origin, mode: stat.mode & 0o777, modifiedMs: stat.mtimeMs, tables, data };
}

export interface Content {
  readonly tables: Readonly<Record<string, number>> | null;
  readonly chunks: Iterable<Buffer>;
}

/** The file's bytes at one moment: of a database with what its log holds, so that the same rows are the same bytes. */
export async function withContent<Result>(
  file: KnownFile,
  signal: AbortSignal,
  work: (content: Content) => Promise<Result>,
): Promise<Result> {
  if (file.family) return work({ tables: null, chunks: [await readSettled(file.origin, file.family, signal)] });
  await releaseClosed(file.origin); // Of the look at what is there: this reader must have locks of its own.
  const database = await LegacyDatabase.openInTurns(file.origin, { signal });
  try {
    const result = await work({ tables: countRows(database), chunks: pagesOf(database) });
    database.assertSame();
    return result;
  } finally {
    await closeAtOnce(database);
  }
}

/** By table; virtual tables are counted by the tables in which they keep their rows. */
export function countRows(database: LegacyDatabase): Record<string, number> {
  const tables = database.tables().filter(({ type, rootPage }) => type === 'table' || rootPage > 0);
  return Object.fromEntries(
    tables.map(({ name }) => [name, Number(database.rows(`SELECT count(*) FROM ${quoteName(name)}`)[0]?.[0] ?? 0)]),
  );
}

const CHUNK_BYTES = 256 * 1024;

function* pagesOf({ rawPages }: LegacyDatabase): Generator<Buffer> {
  const { pageSize, pageCount } = rawPages;
  const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / pageSize));
  for (let first = 1; first <= pageCount; first += perChunk) {
    const count = Math.min(perChunk, pageCount - first + 1);
    const chunk = Buffer.allocUnsafe(count * pageSize);
    for (let i = 0; i < count; i++) rawPages.readInto(first + i, chunk.subarray(i * pageSize, (i + 1) * pageSize));
    yield chunk;
  }
}

/** A file that its program is rewriting is read again for a while. */
const ATTEMPTS = 25;
const PAUSE_MS = 200;

async function readSettled(origin: string, family: FileFamily, signal: AbortSignal): Promise<Buffer> {
  for (let attempt = 1; ; attempt++) {
    const { file, isMoving } = readFamilyFile(path.dirname(origin), path.basename(origin), family);
    if (!isMoving) {
      // What is merely no UTF-8 is kept as it is; what has no bytes could not be read.
      if (file.fault === undefined || file.bytes.length > 0) return file.bytes;
      throw new LegacyUnreadableError(origin, file.fault);
    }
    if (attempt === ATTEMPTS) throw new LegacyUnreadableError(origin, file.fault ?? 'is half written');
    await delay(PAUSE_MS, undefined, { signal });
  }
}
