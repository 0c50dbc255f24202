import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DatabaseSync } from '@photostructure/sqlite';
import type { SalvageFingerprint } from '../fingerprint';
import { isStructural, LegacyDatabase } from '../legacy-database';
import type { OpenOptions } from '../open-file';
import { quoteName } from '../legacy-schema';
import { LegacyFileError } from '../legacy.errors';
import { PageFile } from '../page-file';
import { RawFile, sameStamp } from '../raw-files';
import { readHeader } from '../snapshot';
import { sqliteErrorCode } from '../sqlite-errors';
import { roomError } from '../staged-family';
import { atOnce, inTurns, type Steps } from '../steps';
import { WorkDirectory } from '../work-directory';
import { CopiedPages } from './copied-pages';
import { BeyondSalvage, salvagePages } from './salvage-pages';

const PAGES_PER_STEP = 8_192;
/** A header that speaks of more is broken, and so is what is left. */
const MOST_TIMES_LONGER = 100;

/**
 * What can be read of a damaged legacy file, as a whole database of our own; its `damage` says what it lacks. The file itself
 * is only read. Throws `LEGACY_BEYOND_SALVAGE` where header or schema cannot be read, and what `LegacyDatabase.open` throws for
 * other reasons than damage.
 */
export function openSalvaged(
  file: string,
  options: OpenOptions & { signal?: AbortSignal } = {},
): Promise<LegacyDatabase> {
  return inTurns(salvage(file, options), options.signal);
}

/** The same, blocking. */
export const openSalvagedAtOnce = (file: string, options: OpenOptions = {}): LegacyDatabase =>
  atOnce(salvage(file, options));

/** True for a refusal that salvage is for. */
export const isDamage = (error: unknown): boolean =>
  error instanceof LegacyFileError && (error.code === 'LEGACY_CORRUPT' || error.code === 'LEGACY_TRUNCATED');

function* salvage(file: string, options: OpenOptions): Steps<LegacyDatabase> {
  let database: LegacyDatabase;
  try {
    database = yield* LegacyDatabase.openSteps(file, options);
  } catch (error) {
    if (error instanceof LegacyFileError && error.code === 'LEGACY_TRUNCATED')
      return yield* salvageShort(file, error, options);
    throw isDamage(error) ? beyond(file, 'SQLite cannot read its schema', error) : error;
  }
  try {
    const salvaged = yield* copyAndSalvage(database.path, database.rawPages, database.integrity(), options);
    database.assertSame();
    return salvaged;
  } finally {
    database.close();
  }
}

/** SQLite opens no file that is shorter than it says. Without SQLite's lock, the file has to stand still. */
function* salvageShort(file: string, refusal: LegacyFileError, options: OpenOptions): Steps<LegacyDatabase> {
  for (const beside of ['-journal', '-wal']) {
    const isThere = (statSync(`${file}${beside}`, { throwIfNoEntry: false })?.size ?? 0) > 0;
    if (isThere) throw beyond(file, `${file}${beside} holds a part of what it is`, refusal);
  }
  const source = RawFile.open(file);
  try {
    const before = source.stat();
    const { pageSize, usableSize, pageCount } = readHeader(source, file);
    if (before.sizeBytes * MOST_TIMES_LONGER < pageSize * pageCount)
      throw beyond(file, 'nearly all of it is missing', refusal);
    const pages = new PageFile(file, pageSize, usableSize, pageCount, source);
    const salvaged = yield* copyAndSalvage(file, pages, [refusal.message], options);
    if (sameStamp(before, source.stat())) return salvaged;
    salvaged.close();
    throw new LegacyFileError('LEGACY_CHANGED', `${file} was changed while it was read.`, {
      remedy: `Stop the program that writes ${file}, and run again.`,
    });
  } finally {
    source.close();
  }
}

function* copyAndSalvage(
  path: string,
  source: PageFile,
  findings: readonly string[],
  { workDir }: OpenOptions,
): Steps<LegacyDatabase> {
  const directory = WorkDirectory.make(workDir);
  try {
    const file = directory.file('staged.db');
    const pages = new CopiedPages(file, source.pageSize, source.usableSize, source.pageCount);
    try {
      const fingerprint = yield* copy(source, pages);
      const found = yield* salvagePages(file, pages);
      checkTables(file, path);
      return LegacyDatabase.staged(file, path, fingerprint, { findings, ...found });
    } finally {
      pages.close();
    }
  } catch (error) {
    if (error instanceof BeyondSalvage) throw beyond(path, error.message, error);
    if (sqliteErrorCode(error) === 11) throw beyond(path, 'SQLite cannot read its schema', error);
    throw roomError(error, path, workDir ?? tmpdir());
  } finally {
    directory.remove();
  }
}

/** Hashed as it is, and with nothing where the file has nothing. */
function* copy(source: PageFile, pages: CopiedPages): Steps<SalvageFingerprint> {
  const hash = createHash('sha256');
  for (let pageNo = 1; pageNo <= source.pageCount; pageNo++) {
    const page = Buffer.alloc(source.pageSize);
    try {
      source.readInto(pageNo, page);
    } catch (error) {
      if (!isDamage(error)) throw error;
      pages.markMissing(pageNo);
    }
    hash.update(page);
    pages.write(pageNo, page);
    if (pageNo % PAGES_PER_STEP === 0) yield;
  }
  return { pageSize: source.pageSize, pageCount: source.pageCount, sha256: hash.digest('hex'), salvaged: true };
}

/** What was rebuilt is checked by SQLite, which had no part in it. Damage that it still sees is a mistake of ours. */
function checkTables(file: string, path: string): void {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0").all();
    for (const { name } of names as { name: string }[]) {
      const rows = db.prepare(`PRAGMA quick_check(${quoteName(name)})`).all() as object[];
      const finding = rows.flatMap((row) => Object.values(row) as string[]).find((text) => isStructural(text));
      if (finding !== undefined) throw beyond(path, `what was made of ${name} is still broken: ${finding}`, null);
    }
  } finally {
    db.close();
  }
}

function beyond(path: string, why: string, cause: unknown): LegacyFileError {
  return new LegacyFileError('LEGACY_BEYOND_SALVAGE', `${path} is damaged and cannot be salvaged: ${why}.`, {
    remedy: `Restore ${path} from a backup, or try "sqlite3 FILE .recover" on a copy of it.`,
    cause,
  });
}
