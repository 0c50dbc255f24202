import path from 'node:path';
import { requireDatabaseUrl } from '@sluice/config';
import type { BackupOptions, BackupRecord } from '@sluice/migration';
import { tradingTables } from '@sluice/trading-legacy';
import { UsageError } from './cli.errors';
import type { Context } from './context';
import { sourceOptions } from './migration';
import { createBackupProgress } from './output/backup-progress';
import { formatBytes, formatCount, formatTable } from './output/table';
import { projectRoot } from './prisma-cli';

/** Where backups are without `--to`. */
export const backupDir = ({ options, settings }: Context): string =>
  path.resolve(options.to ?? path.join(settings.stateDir ?? path.join(projectRoot(), '.sluice'), 'backups'));

/** Of `--into`. Throws a usage error where it is no address, without showing what may hold a password. */
export function targetUrl({ options: { into } }: Pick<Context, 'options'>): string | undefined {
  if (into !== undefined && !URL.canParse(into))
    throw new UsageError('--into is no address of a database.', {
      remedy: 'Give it as postgresql://user@host:5432/name.',
    });
  return into;
}

/** Runs an act on backups and shows its progress. */
export async function withBackups<T>(context: Context, work: (options: BackupOptions) => Promise<T>): Promise<T> {
  const { onEvent, end } = createBackupProgress(context.options.progress ?? 'auto');
  const connectionString = requireDatabaseUrl(context.settings).reveal();
  const { holder, version, signal } = context;
  try {
    return await work({ connectionString, holder, version, signal, onEvent });
  } finally {
    end();
  }
}

/** All known legacy files. */
export const backupSources = (context: Context) => ({
  ...sourceOptions(context),
  tables: tradingTables,
  known: tradingTables,
});

const times = (at: Date | null): string => (at ? `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC` : 'never');

/** A row for each part. */
export const formatBackups = (records: readonly BackupRecord[]): string =>
  formatTable(
    ['id', 'of', 'taken', 'files', 'stored', 'restored as a trial', 'folder'],
    records.map((one) => [
      ...[one.id, one.kind, times(one.takenAt), formatCount(one.files), formatBytes(one.bytes)],
      ...[times(one.restoredAt), one.path],
    ]),
    ['left', 'left', 'left', 'right', 'right', 'left', 'left'],
  );
