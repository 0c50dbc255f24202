import { isDeepStrictEqual } from 'node:util';
import {
  familyNames,
  readFamilyFile,
  ROWS_PER_FILE,
  sha256Of,
  STAGED_FILES,
  type CheckRow,
  type FileFamily,
  type FoundFamilyFile,
  type LegacyDatabase,
  type SqlValue,
  type Zone,
} from '@sluice/legacy';
import type { Conversion } from '../mapping/conversion';
import type { LegacyTable } from '../mapping/legacy-table';
import { MemoryRelief } from '../memory-relief';
import { parsePythonJson } from './python-json';
import { quoted } from './row-layout';
import type { Difference, TableVerification } from './verification';

export interface StagingCheck {
  readonly found: readonly Difference[];
  readonly remarks: readonly string[];
}

const NAMED = 20;
/** So many rows of a log are compared at a time. */
const BATCH_ROWS = 250;
/** A value is there as bytes, as text and as objects, on both sides. */
const BYTES_EACH = 6;
const NOTHING: StagingCheck = { found: [], remarks: [] };

/**
 * Compares what was staged of a family with its files: each is read a second time, its bytes must have the hash that was
 * recorded, and the rows that the family's `checker` makes of them with JavaScript's JSON parser must be the staged ones, in
 * number, place and every value. So a mistake in cutting, numbering or staging is found, though everything behind the
 * staging believes it. A file that was rewritten since is named and left out: the next run stages it anew.
 */
export function checkStaging(
  database: LegacyDatabase,
  table: LegacyTable,
  { zone, quarantined }: { readonly zone: Zone; readonly quarantined: ReadonlySet<string> },
): StagingCheck {
  const { family } = table.source;
  if (!family) return NOTHING;
  const result = new StagingChecker(database, table, family, zone, quarantined).run();
  new MemoryRelief().collect(); // A log was in memory as a whole.
  return result;
}

/** The verification of a table with what is wrong with its staging. */
export function withStaging<V extends TableVerification>(verification: V, { found }: StagingCheck): V {
  if (found.length === 0) return verification;
  const differences = verification.differences + BigInt(found.length);
  return { ...verification, differences, found: [...found.slice(0, NAMED), ...verification.found], clean: false };
}

class StagingChecker {
  private readonly found: Difference[] = [];
  private readonly changed: string[] = [];
  private readonly relief = new MemoryRelief();
  private readonly staged: ReadonlyMap<string, string>;

  constructor(
    private readonly database: LegacyDatabase,
    private readonly table: LegacyTable,
    private readonly family: FileFamily,
    private readonly zone: Zone,
    private readonly quarantined: ReadonlySet<string>,
  ) {
    const files = database.rows(`SELECT name, sha256 FROM ${STAGED_FILES} ORDER BY number`);
    this.staged = new Map(files.map(([name, sha256]) => [String(name), String(sha256)]));
  }

  run(): StagingCheck {
    const { family, database } = this;
    const present = new Set(familyNames(database.path, family));
    const index = family.index !== undefined && this.staged.has(family.index) ? this.read(family.index) : null;
    if (index === 'changed') return this.result();
    const names = new Set([...this.staged.keys()].filter((name) => name !== family.index));
    this.changed.push(...[...present].filter((name) => !names.has(name)));
    const check = family.checker({ names, index, zone: this.zone });
    for (const [number, name] of [...this.staged.keys()].entries()) {
      const file = name === family.index ? index : this.read(name);
      if (file !== 'changed' && file !== null) this.compare(BigInt(number + 1) * ROWS_PER_FILE, file, check);
    }
    return this.result();
  }

  private result(): StagingCheck {
    if (this.changed.length === 0) return { found: this.found, remarks: [] };
    const names = this.changed.slice(0, NAMED).join(', ');
    const more = this.changed.length > NAMED ? ` and ${this.changed.length - NAMED} more` : '';
    const remark = `${this.table.name}: changed since they were read, so that they count as they were: ${names}${more}. Run again.`;
    return { found: this.found, remarks: [remark] };
  }

  private read(name: string): FoundFamilyFile | 'changed' {
    const { file } = readFamilyFile(this.database.path, name, this.family);
    if (sha256Of(file) === this.staged.get(name)) return file;
    this.changed.push(name);
    return 'changed';
  }

  private compare(first: bigint, file: FoundFamilyFile, check: ReturnType<FileFamily['checker']>): void {
    let [from, last] = [first, first];
    let batch = new Map<bigint, CheckRow>();
    for (const row of rowsOf(file, check, this.family)) {
      batch.set(++last, row);
      if (batch.size < BATCH_ROWS) continue;
      this.compareBatch({ from, to: last }, batch, file.name);
      [from, batch] = [last, new Map()];
    }
    this.compareBatch({ from, to: first + ROWS_PER_FILE - 1n }, batch, file.name);
  }

  /** The rows with `from < key <= to`. */
  private compareBatch({ from, to }: { from: bigint; to: bigint }, wanted: Map<bigint, CheckRow>, file: string): void {
    const names = Object.keys(this.table.columns).filter((name) => name !== this.table.source.key);
    let bytes = 0;
    for (const [key, fault, name, row, ...values] of this.database.rows(this.select(names), from, to)) {
      bytes += values.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
      const checked = this.wellFormed(wanted.get(key as bigint));
      wanted.delete(key as bigint);
      const isThere = name === file && row === (key as bigint) % ROWS_PER_FILE;
      if (checked === undefined) this.add(key, null, 'a row that its file does not have');
      else if (!isThere) this.add(key, null, 'a row with a wrong origin');
      else if (checked === null || checked === 'blank') this.expectFault(key, fault);
      else if (fault !== null) this.add(key, null, 'a fault where there is none');
      else for (const column of this.differing(values, names, checked)) this.add(key, column, 'another value');
    }
    this.relief.after(bytes * BYTES_EACH);
    for (const [key, row] of wanted) if (row !== 'blank') this.add(key, null, 'a row of its file is missing');
  }

  private select(names: readonly string[]): string {
    const key = quoted(this.table.source.key);
    const columns = names.map((name) => `CAST(${quoted(name)} AS BLOB)`).join(', ');
    return `SELECT ${key}, fault, source_file, source_row, ${columns} FROM ${quoted(this.table.source.table)}
      WHERE ${key} > ? AND ${key} <= ? ORDER BY 1`;
  }

  /** Whether at the staging or at a column: what is no JSON must have been set aside. */
  private expectFault(key: SqlValue | undefined, fault: SqlValue | undefined): void {
    if (fault === null && !this.quarantined.has(String(key))) this.add(key, null, 'a fault was not seen');
  }

  /** A text with half a surrogate pair is a fault; inside JSON it is its conversion's. */
  private wellFormed(row: CheckRow | undefined): CheckRow | undefined {
    if (row === null || row === undefined || row === 'blank') return row;
    const isIll = ([name, value]: [string, unknown]): boolean =>
      this.table.columns[name]?.kind !== 'json' && typeof value === 'string' && !value.isWellFormed();
    return Object.entries(row).some(isIll) ? null : row;
  }

  private differing(values: readonly SqlValue[], names: readonly string[], row: Readonly<Record<string, unknown>>) {
    return names.filter((name, at) => !isSame(values[at] ?? null, this.table.columns[name], row[name]));
  }

  private add(key: SqlValue | undefined, column: string | null, what: string): void {
    this.found.push({ rowKey: String(key), column, kind: 'changed', source: `staged wrongly: ${what}`, target: null });
  }
}

type Check = (file: FoundFamilyFile) => Iterable<CheckRow>;

/** A file that cannot be read or taken apart is one row with a fault; a log has its faults line by line. */
function rowsOf(file: FoundFamilyFile, check: Check, { grows }: FileFamily): Iterable<CheckRow> {
  if (file.fault !== undefined) return [null];
  if (grows) return check(file);
  try {
    return [...check(file)];
  } catch (error) {
    if (error instanceof SyntaxError) return [null];
    throw error;
  }
}

/** Staged JSON is parsed again, other texts and integers are compared as they are. */
function isSame(staged: SqlValue, conversion: Conversion | undefined, wanted: unknown): boolean {
  if (staged === null) return wanted === undefined || (wanted === null && conversion?.kind !== 'json');
  const text = Buffer.from(staged as Uint8Array).toString();
  if (conversion?.kind !== 'json') return text === String(wanted);
  try {
    return isDeepStrictEqual(parsePythonJson(text), wanted);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
