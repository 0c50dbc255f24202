import { DomainError } from '@sluice/core';

export class LegacyRootError extends DomainError {
  readonly code = 'LEGACY_ROOT_UNUSABLE';
  readonly kind = 'refused';
}

export class MissingSourceError extends DomainError {
  readonly code = 'LEGACY_SOURCE_MISSING';
  readonly kind = 'refused';
  constructor(tables: readonly string[], lookedIn: readonly string[]) {
    super(`No legacy file holds ${tables.join(', ')}. Looked in:\n  ${lookedIn.join('\n  ')}`, {
      remedy: 'Name the folder with --working-dir, or the file with --file TABLE=PATH, or leave out --required.',
    });
  }
}

export class AmbiguousSourceError extends DomainError {
  readonly code = 'LEGACY_SOURCE_AMBIGUOUS';
  readonly kind = 'refused';
  constructor(table: string, files: readonly string[]) {
    super(`${table} has rows in more than one file:\n  ${files.join('\n  ')}`, {
      remedy: `Say which one counts with --file ${table}=PATH.`,
    });
  }
}

export class OutsideTreeError extends DomainError {
  readonly code = 'LEGACY_SOURCE_OUTSIDE';
  readonly kind = 'refused';
  constructor(link: string) {
    super(`${link} is a symbolic link that leaves the legacy folders.`, {
      remedy: 'Name the folder that it leads to with --working-dir, or the file with --file TABLE=PATH.',
    });
  }
}

export class SchemaDriftError extends DomainError {
  readonly code = 'LEGACY_SCHEMA_DRIFT';
  readonly kind = 'refused';
  constructor(
    file: string,
    readonly differences: readonly string[],
  ) {
    super(`${file} is not what the mappings describe:\n  ${differences.join('\n  ')}`, {
      remedy: 'Nothing was written. Map what is new or drop it with a reason, in the mapping; then run again.',
    });
  }
}
