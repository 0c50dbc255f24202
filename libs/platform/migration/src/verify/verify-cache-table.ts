import { createHash } from 'node:crypto';
import { DomainError } from '@sluice/core';
import type { LegacyDatabase } from '@sluice/legacy';
import type { CacheEntry, CacheRow, CacheTarget, LegacyTable } from '../mapping/legacy-table';
import { storedRowText, type ExactRow } from './exact-row';
import { readStamp } from './instant';
import { JsonCanon } from './json-canon';
import { layoutOf, type LayoutColumn } from './row-layout';
import { RuleCount } from './rule-count';
import { FIRST_KEY, LAST_KEY, SourceReader, type KeyRange } from './source-reader';
import { Findings, type TableVerification } from './verification';
import { VerificationInterruptedError, VerificationUnsupportedError } from './verify.errors';

const RANGE_ROWS = 2_000;

/** What the verifier needs of a cache. `null`: no entry, or an entry that never expires in `ttlMsMany`. */
export interface CacheReader {
  getMany(keys: readonly string[]): Promise<(string | null)[]>;
  ttlMsMany(keys: readonly string[]): Promise<(number | null)[]>;
}

export interface VerifyCacheTableOptions {
  readonly database: LegacyDatabase;
  readonly table: LegacyTable;
  readonly cache: CacheReader;
  /** The instant at which remaining lives are computed. */
  readonly nowMs: number;
  /** How far an entry's remaining life may be from the one that its row gives it now. */
  readonly ttlToleranceMs: number;
  readonly quarantined: ReadonlySet<string>;
  readonly onProgress?: (rows: number) => void;
  readonly signal?: AbortSignal | undefined;
  readonly maxDifferences?: number;
}

export interface CacheVerification extends TableVerification {
  /** Rows that need no entry any more, by reason; `superseded` where a later row has the same key. */
  readonly skipped: Readonly<Record<string, number>>;
}

interface Wanted extends CacheEntry {
  readonly rowKey: string;
}

/**
 * Proves that every live row of the source is in the cache with its value and its remaining life. Rows are read from the
 * last to the first, so that of several with one key the last counts. Entries that no row speaks of are not looked for: a
 * cache has other writers. JSON values may differ in blanks and in the order of keys, not in anything else.
 */
export async function verifyCacheTable(options: VerifyCacheTableOptions): Promise<CacheVerification> {
  const { database, table } = options;
  if (table.target.kind !== 'cache') throw new VerificationUnsupportedError(`${table.name} does not go to a cache.`);
  const info = database.tables().find(({ name }) => name === table.source.table);
  if (!info) throw new VerificationUnsupportedError(`${table.source.table} is not in ${database.path}.`);
  const layout = layoutOf(table);
  const source = new SourceReader(database, info, table, layout, {});
  return new CacheVerifier(options, table.target, layout, source).run();
}

class CacheVerifier {
  private readonly startedAt = new Date();
  private readonly findings: Findings;
  private readonly rules = new RuleCount();
  private readonly digest = createHash('sha256');
  private readonly canon = new JsonCanon();
  private readonly seen = new Set<string>();
  private readonly skipped: Record<string, number> = {};
  private rowsSource = 0;
  private rowsTarget = 0;
  private rowsQuarantined = 0;

  constructor(
    private readonly options: VerifyCacheTableOptions,
    private readonly target: CacheTarget,
    private readonly layout: readonly LayoutColumn[],
    private readonly source: SourceReader,
  ) {
    this.findings = new Findings(options.maxDifferences ?? 1000);
  }

  async run(): Promise<CacheVerification> {
    for (const range of this.ranges().reverse()) {
      if (this.options.signal?.aborted) throw new VerificationInterruptedError(this.options.table.name);
      const rows = this.source.exactRows(range);
      this.rowsSource += rows.length;
      await this.compare(rows.reverse().flatMap((row) => this.wanted(row)));
      this.options.onProgress?.(this.rowsSource);
    }
    this.options.database.assertSame();
    return this.report();
  }

  private ranges(): KeyRange[] {
    const ranges: KeyRange[] = [];
    for (let from = FIRST_KEY; ; from = ranges.at(-1)!.to + 1n) {
      const to = this.source.bound(from, RANGE_ROWS);
      ranges.push({ from, to, quarantined: [] });
      if (to === LAST_KEY) return ranges;
    }
  }

  /** The entry that a row asks for, if it does. */
  private wanted(row: ExactRow): Wanted[] {
    const rowKey = String(row.key);
    const inQuarantine = this.options.quarantined.has(rowKey);
    if (inQuarantine) this.rowsQuarantined++;
    const entry = 'refused' in row ? { reject: row.refused, column: row.column } : this.entryOf(row);
    if ('reject' in entry) {
      const column = 'column' in entry ? entry.column : null;
      if (!inQuarantine) this.miss(rowKey, column, `not in quarantine: ${entry.reject}`);
      return [];
    }
    if (inQuarantine) this.miss(rowKey, null, 'in quarantine, but nothing is wrong with it');
    else if ('skip' in entry) this.skip(entry.skip);
    else if (this.seen.has(entry.key)) this.skip('superseded');
    else {
      this.seen.add(entry.key);
      for (const [index, { rules }] of ('values' in row ? row.values : []).entries()) {
        for (const rule of rules) this.rules.add(this.layout[index]!.name, rule);
      }
      return [{ ...entry, rowKey }];
    }
    return [];
  }

  private entryOf(row: Extract<ExactRow, { values: unknown }>): ReturnType<CacheTarget['entry']> {
    try {
      return this.target.entry(cacheRow(row, this.layout), this.options.nowMs);
    } catch (error) {
      if (error instanceof DomainError) return { reject: error.message };
      throw error;
    }
  }

  private async compare(wanted: readonly Wanted[]): Promise<void> {
    const keys = wanted.map(({ key }) => key);
    if (keys.length === 0) return;
    const values = await this.options.cache.getMany(keys);
    const lives = await this.options.cache.ttlMsMany(keys);
    for (const [index, entry] of wanted.entries())
      this.compareEntry(entry, values[index] ?? null, lives[index] ?? null);
  }

  private compareEntry(entry: Wanted, value: string | null, ttlMs: number | null): void {
    const { rowKey, key } = entry;
    this.digest.update(`${key}\x02${entry.value}\n`);
    if (value === null && entry.ttlMs <= this.options.ttlToleranceMs) return this.skip('expired');
    if (value === null) return this.miss(rowKey, null, key);
    this.rowsTarget++;
    if (!this.sameValue(entry.value, value)) {
      this.findings.add({ rowKey, column: 'value', kind: 'changed', source: entry.value, target: value });
    }
    if (ttlMs === null || Math.abs(ttlMs - entry.ttlMs) > this.options.ttlToleranceMs) {
      const target = ttlMs === null ? null : `${ttlMs} ms`;
      this.findings.add({ rowKey, column: 'ttl', kind: 'changed', source: `${entry.ttlMs} ms`, target });
    }
  }

  private sameValue(source: string, target: string): boolean {
    if (source === target) return true;
    const left = this.canonical(source);
    return left !== null && left === this.canonical(target);
  }

  private canonical(text: string): string | null {
    const bytes = Buffer.from(text);
    const end = this.canon.write(bytes, 0, bytes.length, 0);
    return end < 0 ? null : this.canon.out.toString('utf8', 0, end);
  }

  private miss(rowKey: string, column: string | null, source: string): void {
    this.findings.add({ rowKey, column, kind: 'missing', source, target: null });
  }

  private skip(reason: string): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }

  private report(): CacheVerification {
    const rowsSkipped = Object.values(this.skipped).reduce((sum, count) => sum + count, 0);
    return {
      table: this.options.table.name,
      rowsSource: BigInt(this.rowsSource),
      rowsTarget: BigInt(this.rowsTarget),
      rowsQuarantined: BigInt(this.rowsQuarantined),
      rowsSkipped: BigInt(rowsSkipped),
      skipped: this.skipped,
      differences: this.findings.count,
      found: this.findings.found,
      digest: this.digest.digest('hex'),
      normalised: this.rules.toJSON(),
      startedAt: this.startedAt,
      finishedAt: new Date(),
      clean: this.findings.count === 0n && this.rowsSource === this.rowsTarget + this.rowsQuarantined + rowsSkipped,
    };
  }
}

/** The values as `CacheTarget.entry` wants them: JSON as the file has it, unless a rule changed it. */
function cacheRow(row: Extract<ExactRow, { values: unknown }>, layout: readonly LayoutColumn[]): CacheRow {
  const entries = layout.map(({ name, conversion }, index): [string, CacheRow[string]] => {
    const { text, rules } = row.values[index]!;
    if (text === null) return [name, null];
    switch (conversion.kind) {
      case 'integer':
        return [name, BigInt(text)];
      case 'float':
        return [name, Number(text)];
      case 'boolean':
        return [name, text === 't'];
      case 'timestamp':
        return [name, Number(readStamp(text, 0)!.instant / 1000n)];
      case 'json':
        return [name, rules.length > 0 ? text : storedRowText(row, index)];
      default:
        return [name, text];
    }
  });
  return Object.fromEntries(entries);
}
