import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError } from '@sluice/core';
import type { LegacyDatabase } from '@sluice/legacy';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import { MemoryRelief } from '../memory-relief';
import { compareRange } from './compare-range';
import { OriginalsCheck } from './originals-check';
import { QuarantineCheck } from './quarantine-check';
import { layoutOf, quoted } from './row-layout';
import { RuleCount } from './rule-count';
import { FIRST_KEY, LAST_KEY, SourceReader, type KeyRange, type SourceRange } from './source-reader';
import { TargetReader, type TargetRange } from './target-stream';
import { Findings, type TableVerification } from './verification';
import { VerificationInterruptedError, VerificationTargetError, VerificationUnsupportedError } from './verify.errors';

/** A range has about so many bytes: what a socket holds while SQLite is at work, and little memory. */
const RANGE_BYTES = 1_500_000;
/** It never has more, whatever its rows are; a row that alone has more is compared with nothing under way beside it. */
const MOST_RANGE_BYTES = 2_000_000;
const RANGE_ROWS = { first: 500, most: 20_000 };

export interface VerifyTableOptions {
  readonly database: LegacyDatabase;
  readonly table: LegacyTable;
  /** How the operator reads mislabelled columns, by `table.column`. */
  readonly choices?: Choices;
  readonly connectionString: string;
  /** Keys of the rows in quarantine, as text. */
  readonly quarantined: ReadonlySet<string>;
  /** Rows of the source that were compared so far. */
  readonly onProgress?: (rows: number) => void;
  readonly signal?: AbortSignal | undefined;
  /**
   * True: rows in quarantine are taken to belong there. Whether PostgreSQL still refuses them is found out by writing them, for
   * which a caller who has locked the table would wait for ever.
   */
  readonly trustsQuarantine?: boolean;
  /**
   * Only the rows with these keys, from the first to the last of each, in order and apart: of the others the caller knows that
   * they are equal. Whether there are originals that no rule speaks of is then not asked.
   */
  readonly within?: readonly { readonly from: bigint; readonly to: bigint }[];
  /** How many differences are listed; all are counted. */
  readonly maxDifferences?: number;
}

/**
 * Proves that source = target + quarantined, row by row and column by column. The source side is written by SQLite in the
 * very bytes in which PostgreSQL prints a row, range by range; PostgreSQL streams its side at the same time; equal ranges
 * are equal bytes, and only ranges that differ are taken apart. Nothing of the loaders is used.
 *
 * Throws `VERIFY_INTERRUPTED`, `VERIFY_TARGET_UNAVAILABLE`, `VERIFY_UNSUPPORTED`, and what `LegacyDatabase` throws.
 */
export async function verifyTable(options: VerifyTableOptions): Promise<TableVerification> {
  const { table, connectionString } = options;
  const { target } = table;
  if (target.kind !== 'postgres') throw new VerificationUnsupportedError(`${table.name} does not go to PostgreSQL.`);
  const layout = layoutOf(table);
  try {
    const reader = await TargetReader.open(connectionString, target.table, table.source.key, layout, table.name);
    const findings = new Findings(options.maxDifferences ?? 1000);
    const quarantine = new QuarantineCheck(connectionString, target.table, layout, findings);
    try {
      return await new TableVerifier(options, reader, quarantine, findings).run();
    } finally {
      await Promise.allSettled([reader.close(), quarantine.close()]);
    }
  } catch (error) {
    throw error instanceof DomainError || !isTargetError(error)
      ? error
      : new VerificationTargetError(table.name, error);
  }
}

/** Errors of PostgreSQL and of sockets carry a code; mistakes of ours do not. */
const isTargetError = (error: unknown): boolean =>
  error instanceof Error && ('code' in error || /connection|terminated/i.test(error.message));

/** `isLong`: it is one row, of more than a range's bytes. */
type SizedRange = KeyRange & { readonly isLong: boolean };

class TableVerifier {
  private readonly source: SourceReader;
  private readonly layout;
  private readonly key: string;
  private readonly originals: OriginalsCheck;
  private readonly pending: bigint[];
  private readonly rules = new RuleCount();
  private readonly digest = createHash('sha256');
  private readonly relief = new MemoryRelief();
  private readonly startedAt = new Date();
  private rowsPerRange = RANGE_ROWS.first;
  private rowsSource = 0;
  private rowsTarget = 0;
  private rowsQuarantined = 0;

  constructor(
    private readonly options: VerifyTableOptions,
    private readonly reader: TargetReader,
    private readonly quarantine: QuarantineCheck,
    private readonly findings: Findings,
  ) {
    const { database, table, choices = {}, quarantined } = options;
    const info = database.table(table.source.table);
    if (!info) throw new VerificationUnsupportedError(`${table.source.table} is not in ${database.path}.`);
    this.layout = layoutOf(table);
    this.key = table.source.key;
    this.source = new SourceReader(database, info, table, this.layout, choices);
    this.originals = new OriginalsCheck(reader, table.name, findings, reader.kept > 0n);
    this.pending = integerKeys(quarantined);
  }

  async run(): Promise<TableVerification> {
    for (const { from, to } of this.options.within ?? [{ from: FIRST_KEY, to: LAST_KEY }])
      await this.interval(from, to);
    await this.finish();
    return this.report();
  }

  private async interval(first: bigint, last: bigint): Promise<void> {
    let range: SizedRange | null = this.nextRange(first, last);
    let target = this.start(range);
    while (range) {
      if (this.options.signal?.aborted) throw new VerificationInterruptedError(this.options.table.name);
      const next: SizedRange | null = range.to === last ? null : this.nextRange(range.to + 1n, last);
      const following = next && !range.isLong && !next.isLong ? this.start(next) : null;
      await nextTurn(); // The statements leave before SQLite keeps this thread busy.
      await this.settle(range, this.source.quick(range), await target);
      range = next;
      if (next) target = following ?? this.start(next);
    }
  }

  private nextRange(from: bigint, last: bigint): SizedRange {
    const { to: bound, bytes } = this.source.bound(from, this.rowsPerRange, MOST_RANGE_BYTES);
    const to = bound < last ? bound : last;
    while (this.pending[0] !== undefined && this.pending[0] < from) this.pending.shift(); // Of rows that are not asked for.
    const count = this.pending.findIndex((key) => key > to);
    const quarantined = this.pending.splice(0, count < 0 ? this.pending.length : count);
    return { from, to, quarantined, isLong: bytes > MOST_RANGE_BYTES };
  }

  private start(range: SizedRange): Promise<TargetRange> {
    if (range.isLong) this.source.release();
    return this.reader.range(range.from, range.to);
  }

  /** Equal bytes settle a range; else the exact form is asked, and what still differs is named. */
  private async settle(range: SizedRange, quick: SourceRange | null, target: TargetRange): Promise<void> {
    const equal = quick?.bytes.equals(target.bytes) && quick.refused.length === 0 && !target.bytes.includes(0x03);
    const source = equal ? quick! : this.source.exact(range);
    if (!equal && (source.refused.length > 0 || !source.bytes.equals(target.bytes))) {
      compareRange(source, target.bytes, this.layout, this.key, this.findings);
    }
    this.digest.update(source.bytes);
    this.relief.after(source.bytes.length + target.bytes.length);
    this.rules.merge(source.rules);
    this.rowsSource += source.rows;
    this.rowsTarget += target.rows;
    if (!range.isLong) this.adapt(source);
    await this.originals.check(source.kept);
    await this.settleQuarantined(range);
    this.options.onProgress?.(this.rowsSource);
  }

  private async settleQuarantined(range: KeyRange): Promise<void> {
    if (range.quarantined.length === 0) return;
    const absent = new Set(range.quarantined);
    for (const row of this.source.rowsOf(range.quarantined)) {
      this.rowsSource++;
      this.rowsQuarantined++;
      absent.delete(row.key);
      if (!this.options.trustsQuarantine) await this.quarantine.check(row);
    }
    for (const key of absent) this.extraInQuarantine(String(key));
  }

  private extraInQuarantine(rowKey: string): void {
    this.findings.add({
      rowKey,
      column: null,
      kind: 'extra',
      source: null,
      target: 'in quarantine, but not in the source',
    });
  }

  private adapt(source: SourceRange): void {
    if (source.rows === 0) return;
    const rows = Math.floor((RANGE_BYTES * source.rows) / Math.max(source.bytes.length, 1));
    this.rowsPerRange = Math.max(1, Math.min(RANGE_ROWS.most, rows, 4 * this.rowsPerRange));
  }

  private async finish(): Promise<void> {
    if (!this.options.within) await this.originals.finish();
    await this.lostHistory();
    this.keysThatAreNone();
    this.options.database.assertSame();
  }

  /** What is kept as history has to be there; one that the file has again is no history, and is named as missing. */
  private async lostHistory(): Promise<void> {
    if (this.reader.kept === 0n || this.options.table.target.kind !== 'postgres') return;
    const rows = await this.reader.rows<{ key: string }>(
      `SELECT row_key::text AS key FROM migration_kept WHERE table_name = $1
          AND NOT EXISTS (SELECT 1 FROM ${quoted(this.options.table.target.table)} WHERE ${quoted(this.key)} = row_key)`,
      [this.options.table.name],
    );
    for (const { key } of rows)
      this.findings.add({ rowKey: key, column: null, kind: 'missing', source: 'kept as history', target: null });
  }

  /** Rows whose key is no integer are in no range; only a WITHOUT ROWID table can have them. */
  private keysThatAreNone(): void {
    const known = this.options.quarantined;
    const other = new Set(this.source.keysThatAreNone());
    for (const rowKey of other) {
      this.rowsSource++;
      if (known.has(rowKey)) this.rowsQuarantined++;
      else this.findings.add({ rowKey, column: this.key, kind: 'missing', source: 'not an integer', target: null });
    }
    for (const rowKey of known) {
      if (!INTEGER.test(rowKey) && !other.has(rowKey)) this.extraInQuarantine(rowKey);
    }
  }

  private report(): TableVerification {
    const { findings } = this;
    return {
      table: this.options.table.name,
      rowsSource: BigInt(this.rowsSource),
      rowsTarget: BigInt(this.rowsTarget),
      rowsQuarantined: BigInt(this.rowsQuarantined),
      rowsSkipped: 0n,
      rowsKept: this.reader.kept,
      differences: findings.count,
      found: findings.found,
      digest: this.digest.digest('hex'),
      normalised: this.rules.toJSON(),
      startedAt: this.startedAt,
      finishedAt: new Date(),
      clean: findings.count === 0n && this.rowsSource === this.rowsTarget + this.rowsQuarantined,
    };
  }
}

const INTEGER = /^-?(0|[1-9]\d{0,18})$/;

/** Ascending. */
function integerKeys(keys: ReadonlySet<string>): bigint[] {
  return [...keys]
    .filter((key) => INTEGER.test(key))
    .map(BigInt)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
