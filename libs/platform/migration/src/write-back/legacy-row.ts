import { activeChoices, trueZone } from '../exact/label';
import type { LegacyValue } from '../exact/legacy-value';
import type { Zone } from '../mapping/conversion';
import type { Choices } from '../mapping/legacy-table';
import { readsAs } from './reads-as';
import { UnwritableValue, WriteBackRefusedError, type TakenValue } from './write-back.errors';
import { writtenColumns, type WriteBack } from './write-back';
import { writtenForms } from './written-forms';

/** A row as PostgreSQL holds it: each mapped column as `column::text`, and the originals that the copy kept of it. */
export interface TargetRow {
  readonly values: Readonly<Record<string, string | null>>;
  readonly originals?: Readonly<Record<string, LegacyValue>>;
}

/** Names a row: each column of the identity as `column::text`. */
export type TargetKey = Readonly<Record<string, string | null>>;

/** By column, with the storage class. */
export type LegacyRow = ReadonlyMap<string, LegacyValue>;

/**
 * Makes the legacy row of a row of PostgreSQL, column by column: the legacy file's own value where it still reads as what
 * PostgreSQL holds, so that nothing of its text is lost; else the original that the copy kept, if that does; else the form
 * that the legacy program writes. jsonb keeps neither the order of members nor blanks, so without a row to go by only a
 * declared order comes back.
 */
export class LegacyRowMaker {
  readonly columns: readonly string[];
  private readonly choices: ReturnType<typeof activeChoices>;
  /** Columns whose reading depends on another column of the row come behind it. */
  private readonly inOrder: readonly string[];

  constructor(
    private readonly form: WriteBack,
    choices: Choices,
  ) {
    this.columns = writtenColumns(form);
    this.choices = activeChoices(form.table, choices);
    const chosen = new Set(this.choices.map(({ choice }) => choice.column));
    this.inOrder = [...this.columns].sort((a, b) => Number(chosen.has(a)) - Number(chosen.has(b)));
  }

  /** `known` rows of the same key, the nearest first. Throws `WriteBackRefusedError`. */
  make(row: TargetRow, known: readonly LegacyRow[], needed: ReadonlySet<string>): LegacyRow {
    const made = new Map<string, LegacyValue>();
    for (const column of this.inOrder) {
      const text = row.values[column];
      if (text === undefined) throw this.refused(row.values, column, 'no-value');
      const value = this.refusing(row.values, column, () => this.valueOf(column, text, row, known, made));
      if (value.storage === 'null' && needed.has(column)) throw this.refused(row.values, column, 'not-null');
      made.set(column, value);
    }
    return new Map(this.columns.map((column) => [column, made.get(column)!]));
  }

  /** The values of the identity, in its order. */
  identity(key: TargetKey): LegacyValue[] {
    return this.form.identity.map((column) => {
      const text = key[column];
      if (text === undefined || text === null) throw this.refused(key, column, 'no-value');
      return this.refusing(key, column, () => this.forms(column, text)[0]!);
    });
  }

  nameOf(key: TargetKey): string {
    return this.form.identity.map((column) => key[column] ?? '-').join('/');
  }

  refused(
    key: TargetKey,
    column: string | null,
    rule: UnwritableValue['rule'],
    cause?: unknown,
    taken?: TakenValue,
  ): WriteBackRefusedError {
    return new WriteBackRefusedError(this.form.table.name, this.nameOf(key), column, rule, { cause, taken });
  }

  private refusing<Result>(key: TargetKey, column: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw error instanceof UnwritableValue ? this.refused(key, column, error.rule) : error;
    }
  }

  private valueOf(
    column: string,
    text: string | null,
    { originals = {} }: TargetRow,
    known: readonly LegacyRow[],
    made: LegacyRow,
  ): LegacyValue {
    const conversion = this.form.table.columns[column]!;
    if (text === null && !conversion.nullable) throw new UnwritableValue('not-null');
    const reads = (value: LegacyValue | undefined): value is LegacyValue =>
      value !== undefined && readsAs(value, conversion, text, this.labelOf(column, value, made));
    const earlier = [...known.map((row) => row.get(column)), originals[column]].find(reads);
    const value = earlier ?? this.forms(column, text).find(reads);
    if (!value) throw new UnwritableValue('reads-otherwise');
    return value;
  }

  private forms(column: string, text: string | null): LegacyValue[] {
    const { table, times, json } = this.form;
    return writtenForms(text, {
      conversion: table.columns[column]!,
      time: times[column],
      json: json[column],
      actualZone: this.choices.find(({ choice }) => choice.column === column)?.choice.actualZone,
    });
  }

  /** The zone that the operator's reading puts in the place of the value's label. */
  private labelOf(column: string, value: LegacyValue, made: LegacyRow): Zone | undefined {
    const chosen = this.choices.find(({ choice }) => choice.column === column);
    const witness = chosen && made.get(chosen.choice.proof.column);
    return witness && trueZone(chosen.choice, chosen.reading, value, witness);
  }
}

/** The same storage class and the same bytes, a zero with a minus apart, which SQLite does not store. */
export function isSameStored(left: LegacyValue, right: LegacyValue): boolean {
  switch (left.storage) {
    case 'null':
      return right.storage === 'null';
    case 'integer':
    case 'real':
      return right.storage === left.storage && right.value === left.value;
    default:
      return right.storage === left.storage && right.bytes.equals(left.bytes);
  }
}
