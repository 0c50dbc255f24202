import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { databaseName } from '../state/this-database';
import type { OnBackupEvent } from './progress';

/** What every act on a backup is told. */
export interface BackupOptions {
  readonly connectionString: string;
  /** Shown to whoever is refused meanwhile; and in the audit log. */
  readonly holder: string;
  readonly version: string;
  readonly onEvent: OnBackupEvent;
  readonly signal: AbortSignal;
}

/** Names a database, so that several may keep their backups in one folder. */
export async function tagOf(client: Client): Promise<string> {
  return createHash('sha256')
    .update(await databaseName(client))
    .digest('hex')
    .slice(0, 6);
}

/** `20261121T194455123Z-3f2a91`: sorts by time, and is a folder's name everywhere. */
export const idOf = (taken: Date, tag: string): string => `${taken.toISOString().replace(/[-:.]/g, '')}-${tag}`;

/** Was it taken of the database with this tag? One that was restored from a backup of another still has that one's list. */
export const isOf = (id: string, tag: string): boolean => id.endsWith(`-${tag}`);
