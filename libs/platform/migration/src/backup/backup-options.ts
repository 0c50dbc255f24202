import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { Right } from '../state/lock';
import { BackupHeldError } from './backup.errors';
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

/** Of backups, trial restores and archives of one database there is one at a time. */
export const TO_BACK_UP: Right = { lock: 4, refuse: (holder) => new BackupHeldError(holder) };

/** Names a database, so that several may keep their backups in one folder. */
export async function tagOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT concat_ws(' ', oid, datname, inet_server_addr(), inet_server_port()) AS name
       FROM pg_database WHERE datname = current_database()`,
  );
  return createHash('sha256').update(rows[0]?.name ?? '').digest('hex').slice(0, 6); // prettier-ignore
}

/** `20261121T194455123Z-3f2a91`: sorts by time, and is a folder's name everywhere. */
export const idOf = (taken: Date, tag: string): string => `${taken.toISOString().replace(/[-:.]/g, '')}-${tag}`;
