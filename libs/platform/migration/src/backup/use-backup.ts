import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from 'pg';
import { quoteName } from '../exact/legacy-value';
import { appendAuditWithin } from '../state/audit';
import { markRestored } from '../state/dated-ahead';
import { expected } from '../state/expected-error';
import { inSession } from '../state/session';
import { BackupDamagedError, BackupNotFoundError } from './backup.errors';
import { folderError } from './backup-folder';
import { tagOf, type BackupOptions } from './backup-options';
import { findBackup, noteDamaged, noteRestored } from './backup-record';
import { withBackupRight } from './backup-right';
import { refuseFull, restoreLegacy, tryLegacy } from './load-legacy';
import { loadPostgres } from './load-postgres';
import { partsOf, readManifest, type FoundBackup, type Manifest } from './manifest';
import { BackupProgress } from './progress';
import { checkStored } from './stored-file';
import { inTrialDatabase } from './trial-database';

/**
 * The backup that this database knows by this id. Throws `BACKUP_NOT_FOUND`, and `BACKUP_DAMAGED` for its manifest: what is not
 * where it was put is not to be relied on either.
 */
export async function openRecorded(client: Client, id: string): Promise<FoundBackup> {
  const [record] = await findBackup(client, id);
  if (!record) throw new BackupNotFoundError(id);
  try {
    return readManifest(record.path, record.sha256);
  } catch (error) {
    if (error instanceof BackupNotFoundError) throw new BackupDamagedError(record.path, 'is not there any more', error);
    throw error;
  }
}

type Reading = Pick<BackupOptions, 'onEvent' | 'signal'>;

/** Reads every file of a backup. Throws `BACKUP_DAMAGED`, which names the first that is not what was written. */
export async function checkBackup({ folder, manifest }: FoundBackup, { onEvent, signal }: Reading): Promise<void> {
  const files = partsOf(manifest);
  const progress = new BackupProgress('check', files.map(({ bytes }) => bytes), onEvent); // prettier-ignore
  const { compression } = manifest;
  try {
    for (const file of files) {
      progress.next(file.file, file.bytes);
      await checkStored(file, { folder, compression, signal, onBytes: progress.onBytes });
    }
  } catch (error) {
    throw folderError(error, folder);
  }
}

/** The same of one that the database knows, and what is damaged does not count as restored any more. */
export async function checkRecorded(id: string, options: BackupOptions): Promise<FoundBackup> {
  return withBackupRight(options, (client) =>
    trusting(client, id, options, async () => {
      const found = await openRecorded(client, id);
      await checkBackup(found, options);
      return found;
    }),
  );
}

/**
 * The trial: PostgreSQL's part into a database of its own on the same server, or into the empty one that is named, and every
 * legacy file into a temporary folder; all of it compared with what was saved. Afterwards the backup counts as restored. Throws
 * `BACKUP_DAMAGED`, `BACKUP_CREATEDB_MISSING`, `BACKUP_TARGET_NOT_EMPTY`.
 */
export async function rehearseBackup(
  id: string,
  options: BackupOptions & { readonly into?: string | undefined },
): Promise<FoundBackup> {
  return withBackupRight(options, (client) =>
    trusting(client, id, options, async () => {
      const found = await openRecorded(client, id);
      await checkBackup(found, options);
      const progress = restoreProgress(found.manifest, options);
      const load = (url: string): Promise<void> => restorePostgres(found, url, options, progress, null);
      if (!found.manifest.postgres) await Promise.resolve();
      else if (options.into !== undefined) await load(options.into);
      else await inTrialDatabase(client, options.connectionString, 'sluice_rehearsal', load);
      await inTemporaryFolder(client, (folder) => tryFiles(found, folder, options, progress));
      await noteRestored(
        client,
        id,
        options.holder,
        options.into === undefined ? 'a database of its own' : 'a named database',
      );
      return found;
    }),
  );
}

export interface RestoreOptions extends Omit<BackupOptions, 'connectionString'> {
  /** An empty database; null: not PostgreSQL. */
  readonly into: string | null;
  /** A new or empty folder; null: not the legacy files. */
  readonly files: string | null;
}

/** For the real emergency: needs nothing but the folder of the backup. Throws as a trial does. */
export async function restoreBackup(found: FoundBackup, options: RestoreOptions): Promise<void> {
  const { folder, manifest } = found;
  const into = options.files === null ? null : path.resolve(options.files);
  if (into !== null) await refuseFull(into); // Before the database is restored: nothing is changed then.
  await checkBackup(found, options);
  const progress = restoreProgress(manifest, options);
  try {
    if (options.into !== null) await restorePostgres(found, options.into, options, progress, options.holder);
    if (into !== null && manifest.legacy) {
      const reading = { folder, compression: manifest.compression, signal: options.signal };
      await restoreLegacy(manifest.legacy, into, reading, progress);
    }
  } catch (error) {
    throw expected(folderError(error, options.files ?? folder));
  }
}

const restoreProgress = (
  { postgres, legacy }: Manifest,
  { onEvent }: Pick<BackupOptions, 'onEvent'>,
): BackupProgress => {
  const sizes = [...(postgres?.tables ?? []), ...(legacy?.files ?? [])].map(({ data }) => data.rawBytes);
  return new BackupProgress('restore', sizes, onEvent);
};

/** One transaction: the database has all of it, compared, or nothing. With `actor` it goes into the restored audit log. */
async function restorePostgres(
  { folder, manifest }: FoundBackup,
  url: string,
  { signal }: Pick<BackupOptions, 'signal'>,
  progress: BackupProgress,
  actor: string | null,
): Promise<void> {
  const { compression, postgres } = manifest;
  if (!postgres) return;
  await inSession({ connectionString: url, applicationName: 'sluice restore' }, async (client) => {
    await client.query('BEGIN');
    const schema = new URL(url).searchParams.get('schema');
    if (schema !== null) await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}`);
    await loadPostgres(client, postgres, { folder, compression, signal }, progress);
    await markRestored(client);
    const detail = { takenAt: manifest.takenAt, database: postgres.database };
    if (actor !== null)
      await appendAuditWithin(client, { actor, action: 'backup.restored', subject: manifest.id, detail });
    await client.query('COMMIT'); // Without it nothing of it was ever there.
  });
}

/** Named like the trial's database, and for the same reason. Nobody else may look into it. */
async function inTemporaryFolder(client: Client, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = path.join(tmpdir(), `sluice-trial-${await tagOf(client)}-${process.getuid?.() ?? ''}`);
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { mode: 0o700 });
    await work(folder);
  } catch (error) {
    throw folderError(error, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryFiles(
  { folder, manifest }: FoundBackup,
  into: string,
  { signal }: Reading,
  progress: BackupProgress,
): Promise<void> {
  if (manifest.legacy)
    await tryLegacy(manifest.legacy, into, { folder, compression: manifest.compression, signal }, progress);
}

async function trusting<Result>(
  client: Client,
  id: string,
  { holder }: BackupOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupDamagedError) await noteDamaged(client, id, holder, error.message);
    throw error;
  }
}
