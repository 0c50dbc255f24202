import { createHash } from 'node:crypto';
import { assertStorable, type CacheStore } from '@sluice/cache';
import { DomainError, type Clock } from '@sluice/core';
import type { LegacyDatabase } from '@sluice/legacy';
import type { CacheEntry, CacheRow, CacheTarget, LegacyTable } from '../mapping/legacy-table';
import { rangesFromEnd } from '../ranges-from-end';
import { SeenKeys } from '../seen-keys';
import { exactBytes, storedRowText, type ExactRow, type KeptOriginal } from './exact-row';
import { readStamp } from './instant';
import { JsonCanon } from './json-canon';
import { OriginalsCheck, type OriginalsReader } from './originals-check';
import { layoutOf, type LayoutColumn } from './row-layout';
import { RuleCount } from './rule-count';
import { SourceReader } from './source-reader';
import { Findings, type TableVerification } from './verification';
import { VerificationInterruptedError, VerificationUnsupportedError } from './verify.errors';

type ReadRow = Extract<ExactRow, { values: unknown }>;

/** What the verifier needs of a cache. */
export type CacheReader = Pick<CacheStore, 'readMany' | 'ttlMsMany'>;

export interface VerifyCacheTableOptions {
  readonly database: LegacyDatabase;
  readonly table: LegacyTable;
  readonly cache: CacheReader;
  /** Where the originals are that the load promised to keep. */
  readonly state: OriginalsReader;
  /** Tells the instant at which remaining lives are computed, batch by batch. */
  readonly clock: Clock;
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
  /** What to do about the differences. */
  readonly remarks: readonly string[];
}

interface Wanted extends CacheEntry {
  readonly rowKey: string;
  /** A rule changed JSON of the row, so that only what the value means is certain. */
  readonly isRuled: boolean;
  readonly kept: readonly KeptOriginal[];
}

/** What the cache has at a key: a life without a value is a Redis value of another type. */
interface Held {
  readonly value: string | null;
  readonly ttlMs: number | null;
}

/**
 * Proves that every live row of the source is in the cache with its value, byte for byte, and its remaining life, that the
 * originals of changed values were kept, and that quarantine holds what belongs there. Rows are read from the last to the
 * first, so that of several with one key the last counts. Entries that no row speaks of are not looked for: a cache has
 * other writers. JSON that a rule changed may differ in blanks and in the order of keys, not in anything else.
 */
export async function verifyCacheTable(options: VerifyCacheTableOptions): Promise<CacheVerification> {
  const { database, table } = options;
  if (table.target.kind !== 'cache') throw new VerificationUnsupportedError(`${table.name} does not go to a cache.`);
  const info = database.table(table.source.table);
  if (!info) throw new VerificationUnsupportedError(`${table.source.table} is not in ${database.path}.`);
  const layout = layoutOf(table);
  const source = new SourceReader(database, info, table, layout, {});
  const verifier = new CacheVerifier(options, table.target, layout, source);
  try {
    return await verifier.run();
  } finally {
    verifier.close();
  }
}

class CacheVerifier {
  private readonly startedAt = new Date();
  private readonly findings: Findings;
  private readonly originals: OriginalsCheck;
  private readonly rules = new RuleCount();
  private readonly digest = createHash('sha256');
  private readonly canon = new JsonCanon();
  private readonly seen = new SeenKeys();
  private readonly waiting: Set<string>;
  private readonly skipped: Record<string, number> = {};
  private rowsSource = 0;
  private rowsTarget = 0;
  private missing = 0;
  private changed = 0;

  constructor(
    private readonly options: VerifyCacheTableOptions,
    private readonly target: CacheTarget,
    private readonly layout: readonly LayoutColumn[],
    private readonly source: SourceReader,
  ) {
    this.findings = new Findings(options.maxDifferences ?? 1000);
    this.originals = new OriginalsCheck(options.state, options.table.name, this.findings);
    this.waiting = new Set(options.quarantined);
  }

  async run(): Promise<CacheVerification> {
    const { database, table, clock, signal, onProgress } = this.options;
    for (const range of rangesFromEnd(database, table)) {
      if (signal?.aborted) throw new VerificationInterruptedError(table.name);
      const rows = this.source.exactRows({ ...range, quarantined: [] });
      this.rowsSource += rows.length;
      const nowMs = clock.nowMs();
      await this.compare(rows.reverse().flatMap((row) => this.wanted(row, nowMs)));
      onProgress?.(this.rowsSource);
    }
    for (const rowKey of this.waiting) {
      const target = 'in quarantine, but not in the source';
      this.findings.add({ rowKey, column: null, kind: 'extra', source: null, target });
    }
    database.assertSame();
    return this.report();
  }

  close(): void {
    this.seen.close();
  }

  /** The entry that a row asks for, if it does. */
  private wanted(row: ExactRow, nowMs: number): Wanted[] {
    const rowKey = String(row.key);
    const inQuarantine = this.waiting.delete(rowKey);
    const entry = 'refused' in row ? { reject: row.refused, column: row.column } : this.entryOf(row, nowMs);
    if ('reject' in entry) {
      const column = 'column' in entry ? entry.column : null;
      if (!inQuarantine) this.miss(rowKey, column, `not in quarantine: ${entry.reject}`);
      return [];
    }
    if (inQuarantine) this.miss(rowKey, null, 'in quarantine, but nothing is wrong with it');
    else if ('skip' in entry) this.skip(entry.skip);
    else if (!this.seen.add(entry.key)) this.skip('superseded');
    else if ('values' in row) return [{ ...entry, rowKey, ...this.changes(row) }];
    return [];
  }

  private changes(row: ReadRow): Pick<Wanted, 'isRuled' | 'kept'> {
    const kept: KeptOriginal[] = [];
    exactBytes(row, this.layout, this.rules, kept);
    const isRuled = this.layout.some(
      ({ conversion }, index) => conversion.kind === 'json' && row.values[index]!.rules.length > 0,
    );
    return { isRuled, kept };
  }

  private entryOf(row: ReadRow, nowMs: number): ReturnType<CacheTarget['entry']> {
    try {
      const entry = this.target.entry(cacheRow(row, this.layout), nowMs);
      if ('key' in entry) assertStorable([entry]);
      return entry;
    } catch (error) {
      if (error instanceof DomainError) return { reject: error.message };
      throw error;
    }
  }

  private async compare(wanted: readonly Wanted[]): Promise<void> {
    if (wanted.length === 0) return;
    const held = await this.read(wanted);
    for (const [index, entry] of wanted.entries()) this.compareEntry(entry, held[index]!);
    await this.originals.check(wanted.flatMap(({ kept }) => kept));
  }

  private async read(wanted: readonly Wanted[]): Promise<Held[]> {
    const values = await this.options.cache.readMany(wanted);
    const lives = await this.options.cache.ttlMsMany(wanted.map(({ key }) => key));
    // An entry that was written between the two questions has a life and had no value.
    const late = wanted.filter((_, at) => values[at] === null && lives[at] !== null);
    const again = late.length > 0 ? await this.options.cache.readMany(late) : [];
    const found = new Map(late.map(({ key }, at) => [key, again[at] ?? null]));
    return wanted.map(({ key }, at) => ({ value: values[at] ?? found.get(key) ?? null, ttlMs: lives[at] ?? null }));
  }

  private compareEntry(entry: Wanted, { value, ttlMs }: Held): void {
    const { rowKey, key } = entry;
    const { ttlToleranceMs } = this.options;
    this.digest.update(`${key}\x02${entry.value}\n`);
    if (ttlMs === null && entry.ttlMs <= ttlToleranceMs) return this.skip('expired');
    if (ttlMs === null) {
      this.missing++;
      return this.miss(rowKey, null, key, key);
    }
    this.rowsTarget++;
    const differences: [column: string, source: string, target: string][] = [];
    if (value === null)
      differences.push([
        'type',
        entry.type ?? 'string',
        entry.tags ? 'another Redis type, or invalidated' : 'another Redis type',
      ]);
    else if (!this.isSameValue(entry, value)) differences.push(['value', entry.value, value]);
    if (Math.abs(ttlMs - entry.ttlMs) > ttlToleranceMs) {
      differences.push(['ttl', `${entry.ttlMs} ms`, ttlMs === Infinity ? 'no end' : `${ttlMs} ms`]);
    }
    if (differences.length > 0) this.changed++;
    for (const [column, source, target] of differences) {
      this.findings.add({ rowKey, entry: key, column, kind: 'changed', source, target });
    }
  }

  private isSameValue({ value: source, isRuled }: Wanted, target: string): boolean {
    if (source === target || !isRuled) return source === target;
    const left = this.canonical(source);
    return left !== null && left === this.canonical(target);
  }

  private canonical(text: string): string | null {
    const bytes = Buffer.from(text);
    const end = this.canon.write(bytes, 0, bytes.length, 0);
    return end < 0 ? null : this.canon.out.toString('utf8', 0, end);
  }

  private miss(rowKey: string, column: string | null, source: string, entry?: string): void {
    const named = entry === undefined ? {} : { entry };
    this.findings.add({ rowKey, ...named, column, kind: 'missing', source, target: null });
  }

  private skip(reason: string): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }

  private remarks(): string[] {
    const { missing, changed, rowsTarget } = this;
    const { name } = this.options.table;
    const again = `\`sluice migrate --only ${name}\``;
    const lost = `${name}: the cache lacks ${missing} of ${missing + rowsTarget} entries (rebuilt, evicted or deleted): ${again} fills it again from the legacy file.`;
    const other = `${name}: in the cache ${changed} of ${rowsTarget} entries differ from the legacy file. They may be newer, so that a load leaves them alone: delete the keys that are not, then run ${again}.`;
    return [...(missing > 0 ? [lost] : []), ...(changed > 0 ? [other] : [])];
  }

  private report(): CacheVerification {
    const rowsQuarantined = this.options.quarantined.size - this.waiting.size;
    const rowsSkipped = Object.values(this.skipped).reduce((sum, count) => sum + count, 0);
    return {
      table: this.options.table.name,
      rowsSource: BigInt(this.rowsSource),
      rowsTarget: BigInt(this.rowsTarget),
      rowsQuarantined: BigInt(rowsQuarantined),
      rowsSkipped: BigInt(rowsSkipped),
      skipped: this.skipped,
      remarks: this.remarks(),
      differences: this.findings.count,
      found: this.findings.found,
      digest: this.digest.digest('hex'),
      normalised: this.rules.toJSON(),
      startedAt: this.startedAt,
      finishedAt: new Date(),
      clean: this.findings.count === 0n && this.rowsSource === this.rowsTarget + rowsQuarantined + rowsSkipped,
    };
  }
}

/** The values as `CacheTarget.entry` wants them: JSON as the file has it, unless a rule changed it. */
function cacheRow(row: ReadRow, layout: readonly LayoutColumn[]): CacheRow {
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
