import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, rmdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { LegacyDatabase, LegacyFileError, systemErrorCode } from '@sluice/legacy';
import { BackupDamagedError, RestoreNotEmptyError } from './backup.errors';
import { syncFolder } from './backup-folder';
import type { LegacyPart, SavedFile } from './manifest';
import type { BackupProgress } from './progress';
import { countRows } from './save-legacy';
import { readStored, type StoreOptions } from './stored-file';

type ReadOptions = Omit<StoreOptions, 'onBytes'>;

const PARTIAL = '.sluice-partial';

/** Throws `BACKUP_TARGET_NOT_EMPTY` where the folder holds anything but what a killed restore has left. */
export async function refuseFull(into: string): Promise<void> {
  const entries = await entriesOf(into);
  if (entries?.some((name) => name !== PARTIAL)) throw new RestoreNotEmptyError(into);
}

/**
 * Brings the saved files back into a folder that is new or empty, and looks into each: SQLite's whole integrity check, and the rows
 * of each table. Nothing is to be seen before all of it is there. A folder that is there already may be the root of a disk, or
 * named by a link: it stays, and what it is to hold is made within it. Throws `BACKUP_TARGET_NOT_EMPTY` and `BACKUP_DAMAGED`.
 */
export async function restoreLegacy(
  part: LegacyPart,
  into: string,
  options: ReadOptions,
  progress: BackupProgress,
): Promise<void> {
  await refuseFull(into);
  const isNew = (await entriesOf(into)) === null;
  const partial = isNew ? `${into}${PARTIAL}` : path.join(into, PARTIAL);
  await rm(partial, { recursive: true, force: true });
  try {
    for (const file of part.files) await restoreFile(file, partial, options, progress);
    await mkdir(partial, { recursive: true });
    if (isNew) await rename(partial, into);
    else await moveUp(partial, into);
    await syncFolder(isNew ? path.dirname(into) : into);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function moveUp(folder: string, into: string): Promise<void> {
  for (const name of await readdir(folder)) await rename(path.join(folder, name), path.join(into, name));
  await rmdir(folder);
}

/** The same for a trial: one file at a time, so that the room for the largest is enough. `folder` is the caller's to remove. */
export async function tryLegacy(
  part: LegacyPart,
  folder: string,
  options: ReadOptions,
  progress: BackupProgress,
): Promise<void> {
  for (const file of part.files) {
    const place = await restoreFile(file, folder, options, progress);
    await rm(place);
  }
}

async function restoreFile(
  file: SavedFile,
  folder: string,
  options: ReadOptions,
  progress: BackupProgress,
): Promise<string> {
  progress.next(file.path, file.data.rawBytes);
  const place = path.join(folder, file.path);
  await mkdir(path.dirname(place), { recursive: true });
  const sink = createWriteStream(place, { flags: 'wx', mode: 0o600, flush: true });
  await readStored(file.data, sink, { ...options, onBytes: progress.onBytes });
  if (file.tables) lookInto(file, file.tables, place);
  await chmod(place, file.mode);
  const modified = new Date(file.modifiedMs);
  await utimes(place, modified, modified);
  return place;
}

/** A value that its column's constraint forbids was so in the original, too, and is no damage. */
const constraintFinding = /^(NULL|NUMERIC|TEXT|non-[A-Z]+) value in |^CHECK constraint failed in /;

function lookInto({ data }: SavedFile, expected: Readonly<Record<string, number>>, place: string): void {
  let database: LegacyDatabase;
  try {
    database = LegacyDatabase.open(place);
  } catch (error) {
    if (error instanceof LegacyFileError)
      throw new BackupDamagedError(data.file, 'brought back a file that cannot be opened', error);
    throw error;
  }
  try {
    const findings = database.rows('PRAGMA integrity_check(20)').map(([finding]) => String(finding));
    const damage = findings.filter((finding) => finding !== 'ok' && !constraintFinding.test(finding));
    if (damage.length > 0) throw new BackupDamagedError(data.file, `fails SQLite's integrity check: ${damage[0]}`);
    const found = countRows(database);
    for (const [table, rows] of Object.entries(expected)) {
      if (found[table] !== rows)
        throw new BackupDamagedError(data.file, `brought ${found[table] ?? 'no'} rows back into ${table}, of ${rows}`);
    }
  } finally {
    database.close();
  }
}

/** Null where there is no such folder. */
async function entriesOf(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    if (systemErrorCode(error) === 'ENOTDIR') throw new RestoreNotEmptyError(folder);
    throw error;
  }
}
