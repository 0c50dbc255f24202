import { DomainError } from '@sluice/core';

/** A rule that an environment variable breaks, in words that never contain its value: it may be a secret. */
export interface SettingProblem {
  readonly variable: string;
  readonly rule: string;
}

/** One or more environment variables break their rule. All of them are named at once. */
export class InvalidSettingsError extends DomainError {
  readonly code = 'CONFIG_INVALID';
  readonly kind = 'usage';

  constructor(readonly problems: readonly SettingProblem[]) {
    super(problems.map(({ variable, rule }) => `${variable} ${rule}.`).join(' '), {
      remedy: `Set ${problems.map(({ variable }) => variable).join(', ')} right, or unset it to use the default.`,
    });
  }
}

/** A variable that has no default is needed for what was asked. */
export class MissingSettingError extends DomainError {
  readonly code = 'CONFIG_MISSING';
  readonly kind = 'usage';

  constructor(readonly variable: string) {
    const option = `--${variable.toLowerCase().replaceAll('_', '-')}`;
    super(`${variable} is not set.`, {
      remedy: `Set ${variable} in the environment; the command line takes ${option}.`,
    });
  }
}
