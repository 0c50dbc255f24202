import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { DomainError } from '@sluice/core';
import { makeWritable } from '../writable-folder';

/** Another `sluice start` works in the same state folder. */
export class AlreadyStartedError extends DomainError {
  readonly code = 'START_ALREADY_RUNNING';
  readonly kind = 'refused';
  constructor(stateDir: string, holder: string) {
    super(`\`sluice start\` already runs in ${stateDir}: ${holder}.`, {
      remedy: 'Stop it with Ctrl-C, or give this one a folder of its own with --state-dir.',
    });
  }
}

/**
 * At most one `sluice start` works in a state folder. The lock is the one that SQLite takes on a file: the system releases
 * it when the process ends, however it ends. A process id in a file would lie after a crash.
 */
export class StateLock {
  private constructor(private readonly database: InstanceType<typeof DatabaseSync>) {}

  /** Makes the folder where it does not exist. Throws `START_ALREADY_RUNNING` with the holder's name. */
  static take(stateDir: string, holder: string): StateLock {
    makeWritable('--state-dir', stateDir);
    const holderFile = path.join(stateDir, 'start.holder');
    const database = new DatabaseSync(path.join(stateDir, 'start.lock'));
    try {
      database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      if (!/locked/.test(String(error))) throw error;
      throw new AlreadyStartedError(stateDir, readFileSync(holderFile, 'utf8'));
    }
    writeFileSync(holderFile, holder);
    return new StateLock(database);
  }

  release(): void {
    this.database.close();
  }
}
