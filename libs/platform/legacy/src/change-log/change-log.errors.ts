import { DomainError } from '@sluice/core';

/** A change log cannot be put into a legacy file, or would not tell of every change. Nothing was written. */
export class LogRefusedError extends DomainError {
  readonly code = 'FOLLOW_LOG_REFUSED';
  readonly kind = 'refused';
  constructor(path: string, reasons: readonly string[]) {
    super(`A change log cannot be installed in ${path}:\n  ${reasons.join('\n  ')}`, {
      remedy: 'Nothing was changed. Mend what it names, or follow the file by its pages: `sluice follow --watch`.',
    });
  }
}

/** There is no change log in the file, or not the one that was installed. */
export class LogMissingError extends DomainError {
  readonly code = 'FOLLOW_LOG_MISSING';
  readonly kind = 'refused';
  constructor(path: string, fault?: string) {
    super(
      fault === undefined
        ? `${path} has no change log.`
        : `${path} has a change log that does not tell everything: ${fault}.`,
      {
        remedy:
          fault === undefined
            ? 'Install one with `sluice follow install`, or follow the file by its pages: `sluice follow --watch`.'
            : 'Run `sluice follow install --yes`, which installs it anew; following then compares everything once.',
      },
    );
  }
}

/** The file is not the one that was followed: replaced, moved, cut off, or an older state of it. */
export class FollowSourceError extends DomainError {
  readonly code = 'FOLLOW_SOURCE_CHANGED';
  readonly kind = 'refused';
  constructor(path: string, what: string, cause?: unknown) {
    super(`${path} is not the file that was followed: ${what}.`, {
      cause,
      remedy:
        'Nothing was applied since. Put the file back. Or accept this one with `sluice follow --recheck`, which compares everything once: what this file lacks is then deleted in PostgreSQL, unless `--keep-history all` keeps it. Of tables that both sides write it is carried into the file instead, and `sluice divergences list` has every row that was not the same.',
    });
  }
}
