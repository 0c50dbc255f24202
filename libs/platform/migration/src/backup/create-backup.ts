import path from 'node:path';
import type { Client } from 'pg';
import { listChangeLogs, type ChangeLogState } from '../follow/change-logs';
import { NoLegacyFilesError, type SourceSearch } from '../inspect';
import { isSameInode, knownFiles } from '../state/known-file';
import { inSession } from '../state/session';
import { inTransaction } from '../state/transaction';
import { LegacyMissingError } from './backup.errors';
import { BackupFolder } from './backup-folder';
import { idOf, tagOf, type BackupOptions } from './backup-options';
import { recordWithin, type BackupRecord } from './backup-record';
import { backupSession, withBackupRight } from './backup-right';
import { bestCompression } from './compression';
import { partsOf, type Manifest } from './manifest';
import { BackupProgress } from './progress';
import { planLegacy, saveLegacy, type LegacyPlan } from './save-legacy';
import { planPostgres, savePostgres, type PostgresPlan } from './save-postgres';

export interface CreateOptions extends BackupOptions {
  /** The folder of all backups. */
  readonly dir: string;
  readonly migrationsDir: string;
  readonly sources: SourceSearch;
  /** An archive has no part of PostgreSQL. */
  readonly kind: 'backup' | 'archive';
}

export interface TakenBackup {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly records: readonly BackupRecord[];
}

/**
 * Saves PostgreSQL and all known legacy files, each of them as it is at one moment, while everybody goes on working. The backup
 * is in its place and recorded when it is whole, or there is nothing of it. Throws `BACKUP_*`, `LegacyFileError`, and what
 * PostgreSQL throws.
 */
export function createBackup(options: CreateOptions): Promise<TakenBackup> {
  return withBackupRight(options, async (client) => take(await planOf(client, options), options), options.dir);
}

async function planOf(client: Client, { kind, migrationsDir, sources }: CreateOptions): Promise<Plan> {
  const tag = await tagOf(client);
  const legacy = await planWhole(client, sources);
  if (kind === 'archive') return { tag, legacy, postgres: null };
  await refuseForeign(client, sources, legacy.root);
  return { tag, legacy, postgres: await planPostgres(client, migrationsDir) };
}

/** Throws where a file is not found that rows were migrated from, or where there is none at all. */
async function planWhole(client: Client, sources: SourceSearch): Promise<LegacyPlan> {
  const legacy = planLegacy(sources);
  const { rows } = await client.query<{ name: string }>('SELECT name FROM migration_tables WHERE name = ANY($1)', [
    legacy.missing,
  ]);
  if (rows.length > 0) throw new LegacyMissingError(legacy.root, rows.map(({ name }) => name)); // prettier-ignore
  if (legacy.files.length === 0) throw new NoLegacyFilesError(legacy.root);
  return legacy;
}

/**
 * A copy of the tree, or that of another installation, looks like the one that is moved, and would bring back something else: while
 * a file is followed by its log, the one that has that very log and is no copy is the one. Throws `BACKUP_FILE_MISSING`.
 */
async function refuseForeign(client: Client, sources: SourceSearch, root: string): Promise<void> {
  const { rows } = await client.query<{ name: string; generation: string }>(
    `SELECT table_name AS name, generation FROM migration_follow WHERE feed = 'change-log' AND state = 'following'
        AND seen_at > now() - interval '5 minutes' AND table_name = ANY($1)`,
    [sources.tables.map(({ name }) => name)],
  );
  if (rows.length === 0) return;
  const logs = await listChangeLogs({ known: sources.tables, workingDirs: [], files: {}, required: false, ...sources });
  const found = new Map(logs.flatMap((state) => state.tables.map((name) => [name, state] as const)));
  const followed = await knownFiles(client, rows.map(({ name }) => name)); // prettier-ignore
  const isFollowed = ({ file, log }: ChangeLogState, name: string, generation: string): boolean => {
    const known = followed.get(name);
    return (
      log?.generation === generation && (!known?.isFollowed || isSameInode(path.resolve(sources.root, file), known))
    );
  };
  const foreign = rows.filter(({ name, generation }) => {
    const state = found.get(name);
    return !state || !isFollowed(state, name, generation);
  });
  if (foreign.length > 0) throw new LegacyMissingError(root, foreign.map(({ name }) => name), 'is the one that `sluice follow` follows'); // prettier-ignore
}

interface Plan {
  readonly legacy: LegacyPlan;
  readonly postgres: PostgresPlan | null;
  readonly tag: string;
}

async function take({ legacy, postgres, tag }: Plan, options: CreateOptions): Promise<TakenBackup> {
  const taken = new Date();
  const session = backupSession(options);
  const id = idOf(taken, tag);
  const folder = await BackupFolder.begin(options.dir, id, tag);
  try {
    const store = { folder: folder.path, compression: bestCompression(), signal: options.signal };
    const sizes = [...legacy.files, ...(postgres?.tables ?? [])].map(({ bytes }) => bytes);
    const progress = new BackupProgress('save', sizes, options.onEvent);
    const about = {
      format: 1,
      id,
      takenAt: taken.toISOString(),
      takenBy: options.holder,
      version: options.version,
    } as const;
    const manifest: Manifest = {
      ...about,
      compression: store.compression,
      postgres: postgres && (await inSession(session, (own) => savePostgres(own, postgres, store, progress))),
      legacy: await saveLegacy(legacy, store, progress),
    };
    options.signal.throwIfAborted();
    return await inSession(session, (own) => makeVisible(own, folder, manifest));
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** In its place, on disk, and recorded. */
const makeVisible = (client: Client, folder: BackupFolder, manifest: Manifest): Promise<TakenBackup> =>
  inTransaction(client, async () => {
    const finished = await folder.finish(manifest);
    const records = recordsOf(manifest, finished);
    await recordWithin(client, records, manifest.takenBy);
    return { folder: finished.folder, manifest, records };
  });

function recordsOf(manifest: Manifest, { folder, sha256 }: { folder: string; sha256: string }): BackupRecord[] {
  const { id, version, takenAt, takenBy, postgres, legacy } = manifest;
  const common = { id, path: folder, sha256, version, takenBy, restoredAt: null, restoredBy: null };
  const record = (kind: BackupRecord['kind'], part: Partial<Manifest>, at: string): BackupRecord => {
    const files = partsOf({ ...manifest, postgres: null, legacy: null, ...part });
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { ...common, kind, bytes, files: files.length, takenAt: new Date(at) };
  };
  return [
    ...(postgres ? [record('postgres', { postgres }, postgres.snapshotAt)] : []),
    ...(legacy ? [record(postgres ? 'legacy' : 'archive', { legacy }, takenAt)] : []),
  ];
}
