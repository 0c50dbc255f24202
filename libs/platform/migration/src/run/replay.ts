import type { CacheStore } from '@sluice/cache';
import type { Clock } from '@sluice/core';
import { isDamage, LegacyFileError, type LegacyDatabase } from '@sluice/legacy';
import type { Client } from 'pg';
import { copyIn, copyLine, toChunks } from '../copy/copy-in';
import { cacheEntry } from '../copy/load-cache';
import { ExactReader, isRejected, type ConvertedRow, type RejectedRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { findSources, type FoundSources } from '../inspect';
import type { CacheTarget, Choices, LegacyTable } from '../mapping/legacy-table';
import { appendAudit } from '../state/audit';
import { TO_MIGRATE, withRight } from '../state/lock';
import { InterruptedError, NotMigratedError, QuarantineSourceError, restartOf } from '../state/migration.errors';
import { classify, dataReason } from '../state/postgres-errors';
import { isOfSalvage, keepOriginals, listQuarantine, putAside, type QuarantineEntry } from '../state/quarantine';
import { listTableStates, type TableState } from '../state/table-state';
import { inTransaction } from '../state/transaction';
import type { WorkOptions } from './migration-options';
import { closeSources, openSources, type OpenSource } from './open-sources';
import { assertSameSource, type SourceClaim } from './same-source';

export interface ReplayOptions extends WorkOptions {
  readonly cache: CacheStore | null;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

export interface ReplayResult {
  readonly table: string;
  readonly key: string;
  /**
   * `loaded`: it is in the target now. `present`: its cache had that very value. `kept`: its cache has another value, which
   * may be newer and was left alone. `skipped`: it needs no cache entry any more. `gone`: the legacy row was deleted.
   * `still-bad`: it stays in quarantine.
   */
  readonly outcome: 'loaded' | 'present' | 'kept' | 'skipped' | 'gone' | 'still-bad';
  readonly reason: string | null;
}

/**
 * Tries every quarantined row again, each in a transaction of its own, as the legacy file holds it now. Throws
 * `QUARANTINE_SOURCE_MISSING`, `MIGRATION_NOT_DONE` or `QUARANTINE_SOURCE_FOREIGN`, before any change, where a row's file or
 * its table's copy is lacking, or the file is not the one that was migrated; `LEGACY_CORRUPT` and `LEGACY_TRUNCATED` of a
 * damaged one, where a row that cannot be read looks like one that was deleted; and `InterruptedError` between two rows.
 */
export async function replayQuarantine(options: ReplayOptions): Promise<ReplayResult[]> {
  try {
    return await replayRows(options);
  } catch (error) {
    throw error instanceof LegacyFileError && isDamage(error) ? damagedForReplay(error, options) : error;
  }
}

/** What is salvaged is no help here: the file itself is what a row is read from again. */
const damagedForReplay = ({ code, message, cause }: LegacyFileError, { tables }: ReplayOptions): LegacyFileError =>
  new LegacyFileError(code, message, {
    remedy: `Restore the file from a backup and replay again, or replay the tables of other files with --only. Of a table that was salvaged, copy the repaired file with ${restartOf(tables.length === 1 ? tables.map(({ name }) => name) : ['TABLE'])}.`,
    cause,
  });

async function replayRows(options: ReplayOptions): Promise<ReplayResult[]> {
  const sources = findSources(options);
  const session = {
    connectionString: options.connectionString,
    applicationName: `sluice replay ${options.holder}`,
    writer: 'migrate' as const,
  };
  return withRight(TO_MIGRATE, session, async (client) => {
    const waiting = await listQuarantine(client, { tables: options.tables.map(({ name }) => name) });
    const states = new Map((await listTableStates(client)).map((state) => [state.name, state]));
    refuseUnready(waiting, sources, states, options);
    const concerned = sources.files.filter(({ tables }) => tables.some(({ name }) => hasRows(waiting, name)));
    const { signal = new AbortController().signal } = options;
    const opened = await openSources(concerned, { snapshot: 'auto', signal });
    try {
      const claims = claimsOf(opened, waiting, states);
      for (const claim of claims) await assertSameSource(client, session.connectionString, claim);
      const results: ReplayResult[] = [];
      try {
        for (const claim of claims) await replayTable(client, claim, { ...options, signal }, results);
      } finally {
        // Each row is in for good as soon as it is, also where those behind it are not looked at any more.
        if (results.length > 0) await note(client, options, results);
      }
      return results;
    } finally {
      closeSources(opened);
    }
  });
}

const hasRows = (waiting: readonly QuarantineEntry[], table: string): boolean =>
  waiting.some((row) => row.table === table);

/** The tables with rows that wait, in the order of the mappings. */
function claimsOf(
  opened: readonly OpenSource[],
  waiting: readonly QuarantineEntry[],
  states: ReadonlyMap<string, TableState>,
): SourceClaim[] {
  return opened.flatMap(({ database, file, tables }) =>
    tables.flatMap((table) => {
      const rows = waiting.filter((row) => row.table === table.name);
      const state = states.get(table.name);
      return state && rows.length > 0 ? [{ database, file, table, state, waiting: rows }] : [];
    }),
  );
}

async function replayTable(
  client: Client,
  claim: SourceClaim,
  options: ReplayOptions,
  results: ReplayResult[],
): Promise<void> {
  const replay = new TableReplay(client, claim.database, claim.table, claim.state.choices, options);
  for (const row of claim.waiting) {
    if (options.signal?.aborted) throw new InterruptedError();
    results.push(await replay.row(row));
  }
}

/**
 * A row is settled against its table's final counts, which a copy that still runs or was interrupted has not got; and a
 * row whose file is gone is neither mended nor deleted.
 */
function refuseUnready(
  waiting: readonly QuarantineEntry[],
  { missing }: FoundSources,
  states: ReadonlyMap<string, TableState>,
  { tables, root }: ReplayOptions,
): void {
  const concerned = tables.filter(({ name }) => hasRows(waiting, name));
  const lacking = missing.filter(({ table }) => concerned.includes(table));
  if (lacking.length > 0) {
    throw new QuarantineSourceError(
      root,
      lacking.map(({ table, reason }) => `${table.name}: ${reason}`),
    );
  }
  const unfinished = concerned.find(({ name }) => states.get(name)?.status !== 'copied');
  if (unfinished) throw new NotMigratedError(unfinished.name, 'its copy has not been finished', 'replayed');
}

const ofSalvage = (table: string): string => `the file was damaged: copy the repaired one with ${restartOf([table])}`;

class TableReplay {
  private readonly exact: ExactReader;
  private newest: Map<string, bigint> | undefined;

  constructor(
    private readonly client: Client,
    database: LegacyDatabase,
    private readonly table: LegacyTable,
    choices: Choices,
    private readonly options: ReplayOptions,
  ) {
    this.exact = new ExactReader(database, table, choices);
  }

  async row(waiting: QuarantineEntry): Promise<ReplayResult> {
    const say = (outcome: ReplayResult['outcome'], reason: string | null = null): ReplayResult => ({
      table: this.table.name,
      key: waiting.key,
      outcome,
      reason,
    });
    if (isOfSalvage(waiting)) return say('still-bad', ofSalvage(this.table.name));
    const [row] = [...this.exact.byKeys([BigInt(waiting.key)])];
    if (!row) {
      await inTransaction(this.client, () => this.settle(waiting, 'gone'));
      return say('gone', 'the legacy row was deleted');
    }
    if (isRejected(row)) return this.stillBad(row, say);
    try {
      return await inTransaction(this.client, async () => {
        const { outcome, reason } = await this.load(row);
        if (outcome !== 'skipped') await keepOriginals(this.client, this.table.name, [row]);
        await this.settle(waiting, outcome);
        return say(outcome, reason);
      });
    } catch (error) {
      if (error instanceof CacheRefusal)
        return error.row ? this.stillBad(error.row, say) : say('still-bad', error.message);
      if (classify(error) !== 'data') throw error;
      return this.stillBad({ key: row.key, ...dataReason(error), evidence: row.evidence() }, say);
    }
  }

  private async stillBad(
    row: RejectedRow,
    say: (outcome: ReplayResult['outcome'], reason: string) => ReplayResult,
  ): Promise<ReplayResult> {
    await putAside(this.client, this.table.name, [row]);
    return say('still-bad', row.reason);
  }

  private async load(row: ConvertedRow): Promise<Pick<ReplayResult, 'outcome' | 'reason'>> {
    const { target } = this.table;
    if (target.kind === 'cache') return this.addToCache(target, row);
    const columns = this.exact.columns.map(quoteName).join(', ');
    const lines = toChunks([copyLine(row.values)]);
    await copyIn(this.client, `COPY ${quoteName(target.table)} (${columns}) FROM STDIN`, lines);
    return { outcome: 'loaded', reason: null };
  }

  private async addToCache(target: CacheTarget, row: ConvertedRow): Promise<Pick<ReplayResult, 'outcome' | 'reason'>> {
    const { cache, clock } = this.options;
    const entry = cacheEntry(target, this.table, this.exact.columns, row, clock.nowMs());
    if ('code' in entry) throw new CacheRefusal(entry.reason, entry);
    if (!cache) throw new CacheRefusal('no Redis is configured (REDIS_URL)');
    if ('skip' in entry) return { outcome: 'skipped', reason: entry.skip };
    this.newest ??= this.newestRows(target);
    if ((this.newest.get(entry.key) ?? row.key) > row.key) return { outcome: 'skipped', reason: 'superseded' };
    const [added] = await cache.addMany([entry]);
    if (added) return { outcome: 'loaded', reason: null };
    const [value] = await cache.readMany([entry]);
    if (value === entry.value) return { outcome: 'present', reason: 'the cache had it already' };
    return { outcome: 'kept', reason: `the cache has another value at ${entry.key}, which may be newer; it was kept` };
  }

  /** The last row of each cache key: where the cache has lost its entry, an older row must not take its place. */
  private newestRows(target: CacheTarget): Map<string, bigint> {
    const newest = new Map<string, bigint>();
    for (const row of this.exact.range(null, null)) {
      if (isRejected(row)) continue;
      const entry = cacheEntry(target, this.table, this.exact.columns, row, this.options.clock.nowMs());
      if ('value' in entry) newest.set(entry.key, row.key);
    }
    return newest;
  }

  private async settle(waiting: QuarantineEntry, outcome: ReplayResult['outcome']): Promise<void> {
    await this.client.query('UPDATE migration_quarantine SET replayed_at = now() WHERE id = $1', [waiting.id]);
    await this.client.query(
      `UPDATE migration_tables SET rows_copied = rows_copied + $2, rows_skipped = rows_skipped + $3,
         rows_quarantined = rows_quarantined - 1 WHERE name = $1`,
      [this.table.name, Number(!['gone', 'skipped'].includes(outcome)), Number(outcome === 'skipped')],
    );
  }
}

/** With the row where it is the row that cannot be an entry; without where it is the cache that is lacking. */
class CacheRefusal extends Error {
  constructor(
    reason: string,
    readonly row: RejectedRow | null = null,
  ) {
    super(reason);
  }
}

async function note(client: Client, options: ReplayOptions, results: readonly ReplayResult[]): Promise<void> {
  const count = (outcome: ReplayResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  await appendAudit(client, {
    actor: options.holder,
    action: 'quarantine.replayed',
    subject: options.root,
    detail: { loaded: count('loaded'), present: count('present'), kept: count('kept'), skipped: count('skipped'),
      gone: count('gone'), stillBad: count('still-bad') }, // prettier-ignore
  });
}
