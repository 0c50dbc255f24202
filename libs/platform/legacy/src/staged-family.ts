import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { readFamilyFile } from './family-files';
import type { FileFamily, FoundFamilyFile, StagedRow } from './file-family';
import type { FamilyFingerprint } from './fingerprint';
import { JsonSliceError } from './json-slices';
import { LegacyDatabase } from './legacy-database';
import { quoteName } from './legacy-schema';
import { LegacyFileError } from './legacy.errors';
import { isDiskFull, systemErrorCode } from './sqlite-errors';
import { inTurns, type Steps } from './steps';
import { WorkDirectory } from './work-directory';
import type { Zone } from './zone';

/** What is being rewritten is read again, all of it together, for a second. */
const ROUNDS = 6;
const PAUSE_MS = 200;

/** A row's key is its file's number times this and its own number in the file: more than the lines of the largest file. */
export const ROWS_PER_FILE = 100_000_000n;

/** The table of a staged database that says which files there were: number, name, bytes, SHA-256. */
export const STAGED_FILES = 'staged_files';

/** Columns of every staged table that say where a row is from and, where it is none, why. */
export const EVIDENCE_COLUMNS = ['source_file', 'source_row', 'fault', 'raw'] as const;

export interface StageOptions {
  readonly zone: Zone;
  readonly table: { readonly name: string; readonly key: string; readonly columns: readonly StagedColumn[] };
  readonly workDir?: string | undefined;
  /** Told of bytes that were read and are used up, so that they can be collected before they pile up. */
  readonly onUsed?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StagedColumn {
  readonly name: string;
  readonly type: 'TEXT' | 'INTEGER';
}

/**
 * Reads the files of a family once into a private SQLite table, from which everything that works on legacy tables works on
 * them too. A file or line that is broken is a row as well: with `fault`, its bytes in `raw`, and NULL in the columns that
 * are mapped. Keys are deterministic: files in the order of their names' bytes, rows in the order of the file, so that a
 * change of one file moves no row of another.
 *
 * The database has no name once it is made, like a private copy: it goes with the process that reads it, and what a process
 * leaves that is killed before, the next one removes. One file at a time is in memory. Throws `LEGACY_NO_ROOM`, `LEGACY_UNREADABLE` for the folder, and the signal's reason.
 */
export function stageFamily(folder: string, family: FileFamily, options: StageOptions): Promise<LegacyDatabase> {
  return inTurns(stage(folder, family, options), options.signal);
}

function* stage(folder: string, family: FileFamily, options: StageOptions): Steps<LegacyDatabase> {
  const directory = WorkDirectory.make(options.workDir);
  try {
    const file = directory.file('staged.db');
    const fingerprint = yield* fill(file, folder, family, options);
    return LegacyDatabase.staged(file, folder, fingerprint);
  } catch (error) {
    throw roomError(error, folder, options.workDir ?? tmpdir());
  } finally {
    directory.remove();
  }
}

/** The names of a family's files, in the order in which they are staged. */
export function familyNames(folder: string, family: FileFamily): string[] {
  return readdirSync(folder)
    .filter((name) => family.owns(name))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function* fill(file: string, folder: string, family: FileFamily, options: StageOptions): Steps<FamilyFingerprint> {
  const names = familyNames(folder, family);
  const index = yield* readIndex(folder, family);
  const staging = new Staging(file, options);
  try {
    const read = family.reader({ names: new Set(names), index, zone: options.zone });
    let waiting = names.map((name, at) => ({ name, number: at + 1 }));
    for (let rounds = ROUNDS; waiting.length > 0; rounds--) {
      const moving: typeof waiting = [];
      for (const place of waiting) {
        const { file: found, isMoving } = readFamilyFile(folder, place.name, family);
        if (isMoving && rounds > 1) moving.push(place);
        else staging.add(place.number, found, family.grows ? read : atOnce(read));
        yield;
      }
      waiting = moving;
      if (waiting.length > 0) pause();
    }
    if (index) staging.add(names.length + 1, index, atOnce(read));
    return staging.end(options.zone);
  } finally {
    staging.close();
  }
}

function* readIndex(folder: string, family: FileFamily): Steps<FoundFamilyFile | null> {
  const { index } = family;
  if (index === undefined || !readdirSync(folder).includes(index)) return null;
  for (let rounds = ROUNDS; ; rounds--) {
    const { file, isMoving } = readFamilyFile(folder, index, family);
    if (!isMoving || rounds <= 1) return file;
    pause();
    yield;
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

/** The database while it is written. */
class Staging {
  private readonly database: DatabaseSyncInstance;
  private readonly insert;
  private readonly insertFile;
  private bytes = 0;
  /** By the number of the file. */
  private readonly hashes: string[] = [];

  constructor(
    file: string,
    private readonly options: StageOptions,
  ) {
    this.database = new DatabaseSync(file);
    const { name, key, columns } = options.table;
    // AUTOINCREMENT keeps the greatest key, so that the target's next one is greater, whatever is set aside.
    const declared = columns.map((column) => `${quoteName(column.name)} ${column.type}`);
    this.database.exec(`
      PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      CREATE TABLE ${quoteName(name)} (${[`${quoteName(key)} INTEGER PRIMARY KEY AUTOINCREMENT`, ...declared].join(', ')},
        source_file TEXT NOT NULL, source_row INTEGER, fault TEXT, raw TEXT);
      CREATE TABLE ${STAGED_FILES} (number INTEGER PRIMARY KEY, name TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL);
      BEGIN`);
    // Texts are bound as bytes: a NUL would end them, and half a surrogate pair would become another character.
    const places = columns.map(({ type }) => (type === 'TEXT' ? 'CAST(? AS TEXT)' : '?'));
    this.insert = this.database.prepare(
      `INSERT INTO ${quoteName(name)} VALUES (${['?', ...places].join(', ')}, CAST(? AS TEXT), ?, ?, CAST(? AS TEXT))`,
    );
    this.insertFile = this.database.prepare(`INSERT INTO ${STAGED_FILES} VALUES (?, CAST(? AS TEXT), ?, ?)`);
  }

  add(number: number, file: FoundFamilyFile, read: Read): void {
    this.bytes += file.bytes.length;
    const sha256 = sha256Of(file);
    this.hashes[number - 1] = JSON.stringify([file.name, file.bytes.length, sha256]);
    this.insertFile.run(number, bytesOf(file.name), file.bytes.length, sha256);
    const first = BigInt(number) * ROWS_PER_FILE;
    let row = 0;
    for (const staged of rowsOf(file, read)) {
      row++;
      if (staged !== 'blank') this.put(first + BigInt(row), file.name, row, staged);
    }
  }

  end(zone: Zone): FamilyFingerprint {
    this.database.exec('COMMIT');
    const sha256 = createHash('sha256')
      .update(JSON.stringify([this.hashes, zone]))
      .digest('hex');
    return { files: this.hashes.length, bytes: this.bytes, sha256 };
  }

  close(): void {
    this.database.close();
  }

  private put(key: bigint, file: string, line: number, row: Exclude<StagedRow, 'blank'>): void {
    const isFaulty = 'fault' in row;
    const values = this.options.table.columns.map(({ name }) => (isFaulty ? null : bound(row.values[name] ?? null)));
    const evidence = isFaulty ? [row.fault, bytesOf(row.raw)] : [null, null];
    this.insert.run(key, ...values, bytesOf(file), line, ...evidence);
    this.options.onUsed?.([...values, ...evidence].reduce<number>((sum, value) => sum + lengthOf(value), ROW_BYTES));
  }
}

type Read = (file: FoundFamilyFile) => Iterable<StagedRow>;

/** A file of one value that cannot be taken apart is one row with its fault, however far its reader came. */
const atOnce =
  (read: Read): Read =>
  (file) => {
    try {
      return [...read(file)];
    } catch (error) {
      if (error instanceof JsonSliceError) return [{ fault: error.message, raw: file.bytes }];
      throw error;
    }
  };

/** A file that cannot be read is one row too. */
function* rowsOf(file: FoundFamilyFile, read: Read): Generator<StagedRow> {
  if (file.fault !== undefined) yield { fault: file.fault, raw: file.bytes };
  else for (const row of read(file)) yield wellFormed(row);
}

/** Half a surrogate pair, which JSON can name, has no UTF-8 form. */
function wellFormed(row: StagedRow): StagedRow {
  if (row === 'blank' || 'fault' in row) return row;
  const isHalf = Object.values(row.values).some((value) => typeof value === 'string' && !value.isWellFormed());
  if (!isHalf) return row;
  const raw = JSON.stringify(row.values, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return { fault: 'holds half a surrogate pair', raw };
}

/** An unreadable file is known by what keeps it from being read. */
export const sha256Of = ({ bytes, fault }: FoundFamilyFile): string =>
  createHash('sha256')
    .update(bytes)
    .update(bytes.length === 0 ? (fault ?? '') : '')
    .digest('hex');

const bound = (value: string | bigint | null): Buffer | string | bigint | null =>
  typeof value === 'string' ? bytesOf(value) : value;

/** What a row takes beside its texts while it is made. */
const ROW_BYTES = 2_048;
const lengthOf = (value: unknown): number => (Buffer.isBuffer(value) ? value.length : 0);

/** The driver binds no bytes as NULL. */
const bytesOf = (value: string | Buffer): Buffer | string => (value.length === 0 ? '' : Buffer.from(value));

/** Where the disk is full or something cannot be read there, the coded refusal; any other error as it is. */
export function roomError(error: unknown, folder: string, workDir: string): unknown {
  if (error instanceof LegacyFileError) return error;
  if (isDiskFull(error)) {
    return new LegacyFileError('LEGACY_NO_ROOM', `No room in ${workDir} for what is in ${folder}.`, {
      remedy: 'Free space, or name a folder with more of it in TMPDIR.',
      cause: error,
    });
  }
  if (!['EACCES', 'EPERM', 'ENOENT', 'EIO'].includes(systemErrorCode(error) ?? '')) return error;
  return new LegacyFileError('LEGACY_UNREADABLE', `${folder} cannot be read: ${systemErrorCode(error)}.`, {
    remedy: `Check the rights on ${folder} and its disk.`,
    cause: error,
  });
}
