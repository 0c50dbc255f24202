import type { Zone } from './zone';

/**
 * Many small files of one kind in one folder, read as the rows of one table: see `stageFamily`. Declares how one file
 * becomes rows, twice: `reader` makes what is loaded, and `checker`, which shares neither parser nor code with it, what the
 * verification holds against that.
 */
export interface FileFamily {
  /** Relative to the legacy root: `cache/memory`. */
  readonly folder: string;
  /** The files' names as people say them: `analyses_<symbol>.jsonl`. */
  readonly pattern: string;
  /** Raised when the rows of a file are made otherwise than before. */
  readonly version: number;
  readonly owns: (name: string) => boolean;
  /** A file that says something of the others. Read before them, and its own rows come after theirs. */
  readonly index?: string;
  /**
   * True for logs: the file only ever grows, line by line, so it may be read while it is written to. Otherwise the legacy
   * program rewrites the whole file, and what was written to meanwhile is read again.
   */
  readonly grows: boolean;
  /** False while a writer may be in the middle of it. */
  readonly isWhole: (bytes: Buffer) => boolean;
  readonly reader: (folder: FamilyFolder) => (file: ReadFile) => Iterable<StagedRow>;
  readonly checker: (folder: FamilyFolder) => (file: ReadFile) => Iterable<CheckRow>;
  /** What an operator should know of the staged rows, in whole sentences. `query` runs SQL on the staged table. */
  readonly remarks?: (query: (sql: string) => readonly (readonly unknown[])[], zone: Zone) => string[];
}

/** What a reader knows beside the file that it reads. */
export interface FamilyFolder {
  /** Of the family's files, without the index. */
  readonly names: ReadonlySet<string>;
  readonly index: FoundFamilyFile | null;
  /** Of the legacy server's clock, for times that say none. */
  readonly zone: Zone;
}

export interface ReadFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A file that could not be read has what is wrong with it, and what there was of its bytes. */
export type FoundFamilyFile = ReadFile & { readonly fault?: string };

/**
 * Texts as the file has them: JSON as a slice of its text. Null is NULL. In the place of a row `blank` is a line that is
 * none, whose number is not given to another.
 */
export type StagedRow =
  | { readonly values: Readonly<Record<string, string | bigint | null>> }
  | { readonly fault: string; readonly raw: Buffer | string }
  | 'blank';

/** Values as a JSON parser of JavaScript gives them; null for a row that has a fault. */
export type CheckRow = Readonly<Record<string, unknown>> | null | 'blank';
