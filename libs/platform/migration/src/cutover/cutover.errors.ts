import { DomainError } from '@sluice/core';
import type { Mode } from '../domains/domain';
import type { KnownFile } from '../state/known-file';
import type { ComparedStep } from './compare-file';

export class CutoverLockHeldError extends DomainError {
  readonly code = 'CUTOVER_LOCK_HELD';
  readonly kind = 'refused';
  constructor(holder: string) {
    super(`Somebody else changes modes on this database: ${holder}. Nothing was changed.`, {
      remedy: 'Ask who it is; then look at `sluice cutover status` and decide anew.',
    });
  }
}

export class GatesShutError extends DomainError {
  readonly code = 'CUTOVER_GATE_SHUT';
  readonly kind = 'refused';
  /** `shut`: a line for each gate, as `domain: gate: why`. */
  constructor(
    readonly shut: readonly string[],
    remedies: readonly string[],
  ) {
    super(`Nothing was changed, because gates are shut:\n  ${shut.join('\n  ')}`, {
      remedy: [...new Set(remedies)].join('\n  '),
    });
  }
}

export class NoSuchStepError extends DomainError {
  readonly code = 'CUTOVER_NO_SUCH_STEP';
  readonly kind = 'refused';
  /** `others`: of the domains that were named with it those for which there is this step. */
  constructor(domain: string, from: Mode | null, why: string, others: readonly string[] = []) {
    super(`The domain ${domain} is in ${from ? `mode ${from}` : 'no mode'}: ${why} Nothing was changed.`, {
      remedy:
        others.length > 0
          ? `Name those that can: ${others.map((name) => `--domain ${name}`).join(' ')}.`
          : '`sluice cutover status` says which step comes next.',
    });
  }
}

export class UnknownDomainError extends DomainError {
  readonly code = 'CUTOVER_UNKNOWN_DOMAIN';
  readonly kind = 'usage';
  constructor(name: string, known: readonly string[]) {
    super(`There is no domain "${name}".`, { remedy: `The domains are: ${known.join(', ')}.` });
  }
}

export class NotCarriedBackError extends DomainError {
  readonly code = 'CUTOVER_NOT_CARRIED_BACK';
  readonly kind = 'refused';
  constructor(domain: string, why: string, remedy: string) {
    super(`${domain}: not every write is in the legacy file: ${why}. The mode was not changed.`, { remedy });
  }
}

const equalize = (domain: string): string =>
  `Look at the rows with \`sluice reconcile --domain ${domain} --dry-run\`, make them equal with \`sluice reconcile --domain ${domain} --yes\`, then try again.`;

/** What to do where file and PostgreSQL differ. */
const REMEDIES: Readonly<Record<ComparedStep, (domain: string) => string>> = {
  first: () =>
    'Without a mode nobody carries what is written in PostgreSQL. Keep elsewhere what has to stay, and stop whoever writes it; then `sluice follow --recheck` takes the rows as the file has them.',
  back: equalize,
  close: (domain) =>
    `Stop the legacy program: what it has written just now must have arrived, and afterwards nobody sees it. If they differ all the same: ${equalize(domain)}`,
};

export class FileDiffersError extends DomainError {
  readonly code = 'CUTOVER_FILE_DIFFERS';
  readonly kind = 'differs';
  constructor(domain: string, rows: readonly string[], count: bigint, step: ComparedStep) {
    const more = count > BigInt(rows.length) ? `\n  and ${count - BigInt(rows.length)} more` : '';
    super(
      `${domain}: the legacy file is not what PostgreSQL holds. The mode was not changed.\n  ${rows.join('\n  ')}${more}`,
      { remedy: REMEDIES[step](domain) },
    );
  }
}

export class OtherFileError extends DomainError {
  readonly code = 'CUTOVER_OTHER_FILE';
  readonly kind = 'refused';
  constructor(domain: string, file: string, known: Pick<KnownFile, 'path' | 'isFollowed'>) {
    const what = known.isFollowed ? '`sluice follow` follows' : '`sluice migrate` has copied';
    super(`${domain}: ${file} is not the file that ${what}. Nothing was changed.`, {
      remedy: `Give the folder in which that lies as ${known.path}, not a copy of it: LEGACY_DIR, --legacy or --file. After a restored backup start \`sluice follow\` first.`,
    });
  }
}

/** The step reads or writes legacy files that are not there. */
export class FileAwayError extends DomainError {
  readonly code = 'CUTOVER_FILE_AWAY';
  readonly kind = 'refused';
  /** `tables`: a line for each, as `table: why`. */
  constructor(tables: readonly string[]) {
    super(`The legacy file is not there. Nothing was changed, and PostgreSQL goes on.\n  ${tables.join('\n  ')}`, {
      remedy:
        'Put it back where it was, or mount its folder, and run the same command again; LEGACY_DIR and --file TABLE=PATH say where it lies. If it is lost, take it from `sluice backup list`, and read "An older file, or database" in docs/guides/follow.md before anybody follows it.',
    });
  }
}

export class RehearsalHeldError extends DomainError {
  readonly code = 'CUTOVER_REHEARSAL_HELD';
  readonly kind = 'refused';
  constructor(holder: string) {
    super(`Somebody rehearses on this database already: ${holder}.`, {
      remedy: 'Wait until it has ended, or stop it.',
    });
  }
}

export class RehearsalFailedError extends DomainError {
  readonly code = 'CUTOVER_REHEARSAL_FAILED';
  readonly kind = 'refused';
  constructor(step: string, cause: unknown) {
    super(`The rehearsal failed at: ${step}. Neither the legacy files nor the database were touched.`, {
      remedy: 'Mend what it names, and rehearse again; the copy is gone.',
      cause,
    });
  }
}

export class NothingToReviewError extends DomainError {
  readonly code = 'QUARANTINE_NOTHING_TO_REVIEW';
  readonly kind = 'usage';
  constructor(id: string) {
    super(`No row with the number ${id} is in quarantine.`, { remedy: '`sluice quarantine list` shows the numbers.' });
  }
}

export class PolicyValueError extends DomainError {
  readonly code = 'CUTOVER_POLICY_VALUE';
  readonly kind = 'usage';
  constructor(message: string, remedy: string) {
    super(message, { remedy });
  }
}

export class ApproverError extends DomainError {
  readonly code = 'CUTOVER_APPROVAL_REFUSED';
  readonly kind = 'refused';
}
