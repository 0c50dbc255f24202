import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '@sluice/core';
import { BackupDamagedError, BackupNotFoundError } from './backup.errors';
import type { Compression } from './compression';
import type { StoredFile } from './stored-file';

export const MANIFEST = 'manifest.json';
/** For `sha256sum -c`, where there is nothing but a shell. */
export const SUMS = 'SHA256SUMS';

/** What a backup holds, beside it in `manifest.json`. Times are ISO texts in UTC. */
export interface Manifest {
  /** Raised when an older program could not read it. */
  readonly format: 1;
  readonly id: string;
  readonly takenAt: string;
  readonly takenBy: string;
  /** Of Sluice. */
  readonly version: string;
  readonly compression: Compression;
  readonly postgres: PostgresPart | null;
  readonly legacy: LegacyPart | null;
}

/** The state of one snapshot. Tables and sequences are in the order of their names. */
export interface PostgresPart {
  readonly snapshotAt: string;
  readonly server: string;
  readonly database: string;
  /** The Prisma migrations that were applied; `schema` is their SQL. */
  readonly migrations: readonly string[];
  readonly schema: StoredFile;
  readonly tables: readonly SavedTable[];
  readonly sequences: readonly SavedSequence[];
  /** Those that are made at run time, as the guards of the domains. */
  readonly triggers: readonly { readonly table: string; readonly name: string; readonly definition: string }[];
  /** Tables that no migration makes: they are somebody else's and are not in the backup. */
  readonly leftOut: readonly string[];
}

/** Its ends move at run time: while both sides give out ids, each has a block of its own. */
export interface SavedSequence {
  readonly name: string;
  readonly last: string;
  readonly isCalled: boolean;
  readonly least: string;
  readonly most: string;
  readonly start: string;
}

export interface SavedTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** COPY's text format in the order of the key: its `rawSha256` is the table's digest. */
  readonly data: StoredFile;
}

export interface LegacyPart {
  readonly root: string;
  readonly files: readonly SavedFile[];
  /** What was found beside them and is not in the backup. */
  readonly notes: readonly string[];
}

export interface SavedFile {
  /** Where it is restored, below the folder that is named then, with `/`. */
  readonly path: string;
  /** Where it was, absolute. */
  readonly origin: string;
  readonly mode: number;
  readonly modifiedMs: number;
  /** Rows by table, where it is a SQLite file; null for a file that is kept byte by byte. */
  readonly tables: Readonly<Record<string, number>> | null;
  readonly data: StoredFile;
}

export const partsOf = ({ postgres, legacy }: Manifest): StoredFile[] => [
  ...(postgres ? [postgres.schema, ...postgres.tables.map(({ data }) => data)] : []),
  ...(legacy ? legacy.files.map(({ data }) => data) : []),
];

export const sha256Of = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

export interface FoundBackup {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly sha256: string;
}

/** Throws `BACKUP_NOT_FOUND`, or `BACKUP_DAMAGED` where the manifest is not the one that was recorded or says nothing. */
export function readManifest(folder: string, recorded?: string): FoundBackup {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path.join(folder, MANIFEST));
  } catch {
    throw new BackupNotFoundError(folder);
  }
  const sha256 = sha256Of(bytes);
  if (recorded !== undefined && sha256 !== recorded) {
    throw new BackupDamagedError(path.join(folder, MANIFEST), 'is not the one that was recorded in the database');
  }
  try {
    const manifest = JSON.parse(bytes.toString('utf8')) as Manifest;
    const { format } = manifest;
    if (format !== 1) throw new TypeError(`it has format ${String(format)}, and this release reads format 1`);
    for (const { file } of partsOf(manifest)) assertBelow(file);
    for (const { path: place } of manifest.legacy?.files ?? []) assertBelow(place);
    return { folder, manifest, sha256 };
  } catch (error) {
    throw new BackupDamagedError(path.join(folder, MANIFEST), `cannot be read: ${messageOf(error)}`, error);
  }
}

/** A manifest that somebody changed must not lead out of the folder. */
function assertBelow(file: string): void {
  if (path.isAbsolute(file) || file.split('/').includes('..')) throw new TypeError(`it names ${file}`);
}
