import { DomainError } from '@sluice/core';

export class SampleDirNotEmptyError extends DomainError {
  readonly code = 'SAMPLE_DIR_NOT_EMPTY';
  readonly kind = 'refused';

  constructor(dir: string) {
    super(`${dir} is not empty; a sample is never written over something.`, {
      remedy: 'Name an empty folder, or replace an earlier sample with --force.',
    });
  }
}
