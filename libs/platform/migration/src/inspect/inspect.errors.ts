import { DomainError } from '@sluice/core';

export class LegacyRootError extends DomainError {
  readonly code = 'LEGACY_ROOT_UNUSABLE';
  readonly kind = 'refused';
  constructor(root: string) {
    super(`${root} is no folder.`, { remedy: "Name the legacy backend's root folder: the one that holds `cache/`." });
  }
}

export class OutsideRootError extends DomainError {
  readonly code = 'LEGACY_SOURCE_OUTSIDE';
  readonly kind = 'refused';
  constructor(links: readonly string[]) {
    super(`Symbolic links lead out of the legacy folder:\n${lines(links)}`, {
      remedy:
        'Name the folder that the link leads to with --working-dir, or the file of a table with --file TABLE=PATH.',
    });
  }
}

export class DanglingSourceError extends DomainError {
  readonly code = 'LEGACY_SOURCE_DANGLING';
  readonly kind = 'refused';
  constructor(links: readonly string[]) {
    super(`Symbolic links in the legacy folder lead nowhere:\n${lines(links)}`, {
      remedy:
        'Mount what the link leads to. Where nothing is there any more, remove the link, or name the file of a table with --file TABLE=PATH.',
    });
  }
}

export class AmbiguousSourceError extends DomainError {
  readonly code = 'LEGACY_SOURCE_AMBIGUOUS';
  readonly kind = 'refused';
  constructor(tables: readonly string[]) {
    super(`More than one file holds rows of the same table:\n${lines(tables)}`, {
      remedy: 'Say which one counts with --file TABLE=PATH.',
    });
  }
}

export class MissingSourceError extends DomainError {
  readonly code = 'LEGACY_SOURCE_MISSING';
  readonly kind = 'refused';
  constructor(tables: readonly string[]) {
    super(`Required tables were not found:\n${lines(tables)}`, {
      remedy: 'Check the legacy folder, or leave out --required.',
    });
  }
}

export class NamedSourceError extends DomainError {
  readonly code = 'LEGACY_SOURCE_NOT_THERE';
  readonly kind = 'refused';
  constructor(table: string, what: string) {
    super(`--file names the wrong place for ${table}: ${what}.`, {
      remedy: 'Name the file that holds it, or leave out --file: then it is searched for.',
    });
  }
}

export class NoLegacyFilesError extends DomainError {
  readonly code = 'LEGACY_TREE_EMPTY';
  readonly kind = 'refused';
  constructor(root: string) {
    super(`There is no legacy file below ${root}.`, {
      remedy: 'Check --legacy (LEGACY_DIR): it is the folder that holds cache/ and data/.',
    });
  }
}

export class UnknownOverrideError extends DomainError {
  readonly code = 'LEGACY_SOURCE_UNKNOWN';
  readonly kind = 'usage';
  constructor(tables: readonly string[]) {
    super(`--file names tables that no mapping has: ${tables.join(', ')}.`);
  }
}

export class SchemaDriftError extends DomainError {
  readonly code = 'LEGACY_SCHEMA_DRIFT';
  readonly kind = 'refused';
  constructor(
    path: string,
    readonly differences: readonly string[],
  ) {
    super(`${path} is not what the mappings describe:\n${lines(differences)}`, {
      remedy: 'Map or drop what is new in the mapping, or restore the file that the mapping was written for.',
    });
  }
}

const lines = (items: readonly string[]): string => items.map((item) => `  ${item}`).join('\n');
