import { tmpdir } from 'node:os';
import type { Client } from 'pg';
import { withRight, type Right } from '../state/lock';
import type { SessionOptions } from '../state/session';
import { BackupHeldError } from './backup.errors';
import { folderError } from './backup-folder';
import type { BackupOptions } from './backup-options';

/** Of backups, trial restores and archives of one database there is one at a time. */
const TO_BACK_UP: Right = { lock: 4, refuse: (holder) => new BackupHeldError(holder) };

export const backupSession = ({ connectionString, holder }: BackupOptions): SessionOptions => ({
  connectionString,
  applicationName: `sluice backup ${holder}`,
});

/** As `withRight`; what fails for want of room is told of `folder`. */
export const withBackupRight = <Result>(
  options: BackupOptions,
  work: (client: Client) => Promise<Result>,
  folder = tmpdir(),
): Promise<Result> =>
  withRight(TO_BACK_UP, backupSession(options), async (client) => {
    try {
      return await work(client);
    } catch (error) {
      throw folderError(error, folder);
    }
  });
