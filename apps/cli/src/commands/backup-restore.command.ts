import { existsSync } from 'node:fs';
import path from 'node:path';
import { findBackup, MANIFEST, readManifest, restoreBackup, type FoundBackup } from '@sluice/migration';
import { backupDir, targetUrl } from '../backup';
import { UsageError } from '../cli.errors';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { createBackupProgress } from '../output/backup-progress';

export default async function backupRestore(context: Context, id = ''): Promise<number> {
  const { files = null } = context.options;
  const into = targetUrl(context) ?? null;
  if (into === null && files === null) {
    throw new UsageError('Nothing is to be restored.', { remedy: 'Give --into URL, --files DIR, or both.' });
  }
  const found = await find(context, id);
  const { onEvent, end } = createBackupProgress(context.options.progress ?? 'auto');
  const { holder, version, signal } = context;
  try {
    await restoreBackup(found, { holder, version, signal, onEvent, into, files });
  } finally {
    end();
  }
  if (context.options.json) context.print(JSON.stringify({ id: found.manifest.id, files, equal: true }, null, 2));
  else {
    context.print(
      `${found.manifest.id}, taken at ${found.manifest.takenAt}, was restored and is equal to what was saved.`,
    );
    if (into !== null) context.print('Point DATABASE_URL at the restored database.');
    if (files !== null) context.print(`The legacy files are in ${files}.`);
  }
  return exitCodes.done;
}

/** In an emergency the database that knows of the backup may be what was lost: its folder is enough. */
async function find(context: Context, id: string): Promise<FoundBackup> {
  const places = [path.resolve(id), path.join(backupDir(context), id)];
  const folder = places.find((place) => existsSync(path.join(place, MANIFEST)));
  if (folder !== undefined) return readManifest(folder);
  const [record] = await withDatabase(context, 'restore', (client) => findBackup(client, id));
  return record ? readManifest(record.path, record.sha256) : readManifest(places[1]!);
}
