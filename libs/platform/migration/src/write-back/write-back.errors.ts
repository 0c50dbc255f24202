import { DomainError } from '@sluice/core';

/**
 * Why a value or a row cannot be in the legacy file:
 * - `no-value`          the row says nothing of a column that the mapping has
 * - `not-null`          no value, where the file's schema demands one
 * - `not-a-number`      NaN, which SQLite would store as NULL
 * - `beyond-double`     a number that no double holds, where the legacy program has nothing else
 * - `integer-digits`    an integer of more digits than Python reads
 * - `reads-otherwise`   no form that the legacy program writes reads back as this value
 * - `stored-otherwise`  SQLite made something else of it (the column's declared type is not the legacy one)
 * - `unique`            another row of the file has the values that must be unique
 * - `constraint`        any other constraint of the file's schema
 */
export type RefusalRule =
  | 'no-value'
  | 'not-null'
  | 'not-a-number'
  | 'beyond-double'
  | 'integer-digits'
  | 'reads-otherwise'
  | 'stored-otherwise'
  | 'unique'
  | 'constraint';

/** A unique value that another row of the file has. */
export interface TakenValue {
  /** The key of that row; of several columns joined by a slash. */
  readonly by: string;
  readonly columns: readonly string[];
}

/** A row that the legacy schema cannot hold. Nothing of the call was written. */
export class WriteBackRefusedError extends DomainError {
  readonly code = 'WRITE_BACK_REFUSED';
  readonly kind = 'refused';
  /** The rule; of a unique value also which row of the file has it. */
  readonly why: string;
  /** The key of that row, where it is known. */
  readonly takenBy: string | null;
  constructor(
    readonly table: string,
    /** The row's key; of several columns joined by a slash. */
    readonly key: string,
    /** Null where it is about the row as a whole. */
    readonly column: string | null,
    readonly rule: RefusalRule,
    { cause, taken }: { cause?: unknown; taken?: TakenValue | undefined } = {},
  ) {
    const why = taken ? `${rule}, row ${taken.by} of the file has the same ${taken.columns.join(', ')}` : rule;
    super(`The legacy file cannot hold ${table} ${key}${column === null ? '' : `, column ${column}`}: ${why}.`, {
      cause,
      remedy: 'Nothing was written. Mend the row in PostgreSQL, or leave it out and review it by hand.',
    });
    this.why = why;
    this.takenBy = taken?.by ?? null;
  }
}

/** Another file took the place of the legacy file during the call. Nothing was written to either. */
export class FileReplacedError extends DomainError {
  readonly code = 'WRITE_BACK_FILE_REPLACED';
  readonly kind = 'refused';
  constructor(path: string) {
    super(`${path} was replaced while it was written to.`, { remedy: 'Nothing was written. Run again.' });
  }
}

/** The legacy file may not be written to. */
export class NotWritableError extends DomainError {
  readonly code = 'WRITE_BACK_NOT_WRITABLE';
  readonly kind = 'refused';
  constructor(path: string, cause: unknown) {
    super(`${path} cannot be written to.`, {
      remedy: `Give this user the right to write ${path} and its directory.`,
      cause,
    });
  }
}

/** A value of which no form can be written; turned into `WriteBackRefusedError` by whoever knows the row. */
export class UnwritableValue extends Error {
  constructor(readonly rule: RefusalRule) {
    super(rule);
  }
}
