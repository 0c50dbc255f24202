import { DomainError } from '@sluice/core';

export class FollowLockHeldError extends DomainError {
  readonly code = 'FOLLOW_LOCK_HELD';
  readonly kind = 'refused';
  constructor(holder: string) {
    super(`These files are followed already: ${holder}.`, {
      remedy: 'Stop that process first; `sluice follow status` shows how far it is.',
    });
  }
}

export class FollowNotReadyError extends DomainError {
  readonly code = 'FOLLOW_NOT_READY';
  readonly kind = 'refused';
  constructor(reasons: readonly string[]) {
    super(`Following cannot begin:\n  ${reasons.join('\n  ')}`, {
      remedy: 'Run `sluice migrate` until everything is copied and equal, then `sluice follow`.',
    });
  }
}

/** Rows that are applied belong to one copy; another copy of the table was begun, or another follower has taken over. */
export class FollowLostError extends DomainError {
  readonly code = 'FOLLOW_LOST';
  readonly kind = 'refused';
  constructor(tables: readonly string[]) {
    super(`Another copy or another follower has taken over: ${tables.join(', ')}. Nothing of this batch was applied.`, {
      remedy: 'When the copy is complete and equal, start `sluice follow` again.',
    });
  }
}

/** The file has what another state of this database has carried into it: this one is a restored backup, or a copy. */
export class FollowDatabaseOlderError extends DomainError {
  readonly code = 'FOLLOW_DATABASE_OLDER';
  readonly kind = 'refused';
  constructor(path: string) {
    super(`${path} has rows of PostgreSQL that this database does not know of, as after a backup of it was restored.`, {
      remedy:
        'Nothing was applied since, and nothing may be: ids that are in the file would be given out again. Stop the API. If DATABASE_URL names the wrong database, name the right one. If this one was restored, "The emergency" in docs/guides/backup.md says which side knows more; `sluice follow --recheck` takes what the file has.',
    });
  }
}

/** Rows of PostgreSQL are carried into a file only beside its change log, which tells what the legacy program has changed. */
export class FollowLogNeededError extends DomainError {
  readonly code = 'FOLLOW_LOG_NEEDED';
  readonly kind = 'refused';
  constructor(tables: readonly string[]) {
    super(`Both sides write ${tables.join(', ')}: that needs the change log in the legacy file.`, {
      remedy:
        'Run `sluice follow install --yes` where there is none, then `sluice follow` without --watch. To take the log out, go back with `sluice cutover rollback` first.',
    });
  }
}
