import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { findLog, lastEntry, type Damage, type LegacyDatabase } from '@sluice/legacy';
import { copyRanges, type CopyJob } from '../copy/copy-table';
import { DEFER_FROM_ROWS, deferIndexes } from '../copy/deferred-indexes';
import { finishTable } from '../copy/finish-table';
import type { CacheLoad } from '../copy/load-cache';
import { chooseLane, type LaneChoice } from '../copy/choose-lane';
import { averageRowBytes } from '../copy/row-size';
import { ExactReader } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import type { CacheTarget, Choices, LegacyTable, PostgresTarget } from '../mapping/legacy-table';
import type { LiveSession } from '../state/live-session';
import type { SeenFile } from '../state/known-file';
import type { MigrationLock } from '../state/lock';
import { NotMigratedError } from '../state/migration.errors';
import { classify } from '../state/postgres-errors';
import type { SessionOptions } from '../state/session';
import {
  createPlan,
  sumRanges,
  type CopiedLog,
  type NewTableState,
  type RangeTotals,
  type TableState,
} from '../state/table-state';
import { fillCache } from './fill-cache';
import { keepStamps } from './keep-stamps';
import { mappingDigest } from './mapping-digest';
import type { MigrationOptions } from './migration-options';
import { emptyReport, type Phase, type TableReport } from './migration-report';
import { proveTable, TRIES } from './prove-table';
import { isSameMapping, isSameState, refuseMixture, refuseOther, resumedChoices, type Resumed } from './resume';
import { putDamageAside, salvageRemarks, salvageReport } from './salvage-report';

export interface TableRunParts extends Resumed {
  readonly options: MigrationOptions;
  readonly runId: string;
  readonly control: LiveSession;
  readonly session: SessionOptions;
  readonly lock: MigrationLock;
  /** Relative to the legacy root. */
  readonly sourcePath: string;
  readonly file: SeenFile | null;
  /** What could not be read of a damaged file, as far as it concerns this table; null where the file is whole. */
  readonly damage: Damage | null;
}

type Loaded = Pick<
  TableReport,
  'outcome' | 'lane' | 'laneReason' | 'loadedNow' | 'skipped' | 'normalised' | 'remarks'
> & {
  readonly rowsTarget: number;
};

/** The work on one table within the snapshot of its file: load what is not loaded, then prove it. */
export class TableRun {
  private readonly choices: Choices;

  constructor(private readonly parts: TableRunParts) {
    this.choices = resumedChoices(parts, parts.options.choices);
  }

  async migrate(): Promise<TableReport> {
    const { table } = this.parts;
    const startedMs = Date.now();
    refuseMixture(this.parts, this.parts.damage);
    const rowsSource = this.countSource();
    const loaded =
      table.target.kind === 'postgres'
        ? await this.toPostgres(table.target, rowsSource)
        : await this.toCache(table.target, rowsSource);
    const copyMs = Date.now() - startedMs;
    const base = this.base(rowsSource);
    const remarks = [...(base.remarks ?? []), ...(loaded.remarks ?? [])];
    const copied = { ...base, ...loaded, ...(remarks.length > 0 ? { remarks } : {}), copyMs };
    this.parts.options.onEvent({ type: 'table', phase: 'copy', report: copied });
    if (loaded.outcome === 'deferred') return copied;
    // Not before: a cache's load forgets what it does not find itself.
    if (table.target.kind === 'cache') await this.setDamageAside();
    const proved = await this.verify(copied);
    if (loaded.outcome === 'loaded') await this.gatherStatistics(table.target);
    await keepStamps(this.parts, proved);
    return proved;
  }

  private async setDamageAside(): Promise<void> {
    const { damage, table } = this.parts;
    if (damage) await putDamageAside(await this.client(), table.name, damage);
  }

  /** Only compares; the table's state stays as it is. */
  async check(): Promise<TableReport> {
    const { known, table, options } = this.parts;
    const base = this.base(this.countSource());
    if (table.target.kind === 'cache' && !options.cache) return { ...base, outcome: 'deferred' };
    if (!known) throw new NotMigratedError(table.name, 'it has not been migrated yet');
    if (known.status !== 'copied') throw new NotMigratedError(table.name, 'its copy has not been finished');
    return this.verify({
      ...base,
      lane: known.lane,
      normalised: known.normalised,
      rowsTarget: Number(known.rowsCopied),
    });
  }

  private async toPostgres(target: PostgresTarget, rowsSource: bigint): Promise<Loaded> {
    const { parts } = this;
    const name = quoteName(target.table);
    const exact = new ExactReader(parts.database, parts.table, this.choices);
    const { known } = parts;
    refuseOther(parts);
    if (known?.status === 'copied') {
      await this.setDamageAside();
      return this.unchanged(known);
    }
    // A plan's ranges end where its own lane can cut, so a resume goes on through the same one.
    const lane = known?.lane ?? parts.options.lane;
    const chosen = chooseLane(
      parts.database,
      parts.table,
      { ...parts.options, lane, choices: this.choices },
      rowsSource,
    );
    const state = known ?? (await this.plan(chosen, rowsSource));
    // Of a copy that is begun, which no other file can go on with; and before the table can be called copied.
    await this.setDamageAside();
    const before = await sumRanges(await this.client(), state);
    if (known) this.sayResume(known);
    // A crashed server may have to be told some ranges twice, so this may count more than there is.
    let done = before.rows + before.quarantined;
    this.say('phase', 'copy', rowsSource, Number(done));
    const loaded = await this.copyToEnd(name, {
      state,
      database: parts.database,
      lane: chosen.lane,
      exact,
      target: name,
      session: parts.session,
      lock: parts.lock,
      signal: parts.options.signal,
      maxRate: parts.options.maxRate,
      onRange: ({ rows, quarantined }) => {
        done += rows + quarantined;
        this.say('progress', 'copy', rowsSource, Math.min(Number(done), Number(rowsSource)));
      },
    });
    return {
      outcome: 'loaded',
      lane: chosen.name,
      laneReason: chosen.reason,
      rowsTarget: Number(loaded.rows),
      loadedNow: Number(loaded.rows - before.rows),
      skipped: {},
      normalised: loaded.normalised,
    };
  }

  /**
   * Where the server crashes under the end of the copy it may have forgotten ranges that it had confirmed, so that the
   * copy goes on before it is ended again.
   */
  private async copyToEnd(name: string, job: CopyJob & { readonly state: TableState }): Promise<RangeTotals> {
    const { control, database, lock, options, table } = this.parts;
    for (let tries = 1; ; tries++) {
      await copyRanges(control, job);
      await lock.ensure(options.signal);
      try {
        const totals = await finishTable(await this.client(), { database, table }, job.state, name);
        if (totals) return totals;
      } catch (error) {
        if (classify(error) !== 'connection' || tries >= TRIES) throw error;
      }
    }
  }

  private async toCache(target: CacheTarget, rowsSource: bigint): Promise<Loaded> {
    const { database, table, options } = this.parts;
    if (!options.cache) {
      return { outcome: 'deferred', lane: null, laneReason: 'no Redis is configured (REDIS_URL)', rowsTarget: 0,
        loadedNow: 0, skipped: {}, normalised: {} }; // prettier-ignore
    }
    this.say('phase', 'copy', rowsSource, 0);
    const load = await fillCache({
      parts: this.parts,
      client: await this.client(),
      target,
      store: options.cache,
      exact: new ExactReader(database, table, this.choices),
      state: this.newState('exact', rowsSource),
      onProgress: (rows) => this.say('progress', 'copy', rowsSource, rows),
    });
    const outcome = this.cacheOutcome(load);
    const refilled = `${table.name}: the cache had lost entries; ${load.written} were refilled from the legacy file.`;
    return {
      outcome,
      lane: 'exact',
      laneReason: null,
      rowsTarget: load.written + load.present,
      loadedNow: load.written,
      skipped: load.skipped,
      normalised: load.normalised,
      ...(outcome === 'refilled' ? { remarks: [refilled] } : {}),
    };
  }

  /** Entries of a known table that had to be written again were lost, unless they are what the file got since. */
  private cacheOutcome({ written, present }: CacheLoad): Loaded['outcome'] {
    const { known, table, database } = this.parts;
    if (known?.status !== 'copied') return 'loaded';
    if (written === 0) return 'unchanged';
    const isNothingNew = isSameMapping(table, known) && isSameState(database, known.fingerprint);
    return isNothingNew || (present === 0 && known.rowsCopied > 0n) ? 'refilled' : 'loaded';
  }

  private async plan(chosen: LaneChoice, rowsSource: bigint): Promise<TableState> {
    const { table, options } = this.parts;
    const state = this.newState(chosen.name, rowsSource);
    const client = await this.client();
    await createPlan(client, state, chosen.ranges, () => this.deferIndexes(client, rowsSource));
    const ranges = chosen.ranges.length === 1 ? '1 range' : `${chosen.ranges.length} ranges`;
    options.onEvent({
      type: 'note',
      text: `${table.name}: ${ranges} through the ${chosen.name} lane`,
    });
    return {
      ...state,
      status: 'copying',
      rowsCopied: 0n,
      rowsQuarantined: 0n,
      rowsSkipped: 0n,
      normalised: {},
      deferred: [],
      isStamped: false,
    };
  }

  /** The plan of a copy that was begun stays: other options than then count for a new plan alone. */
  private sayResume({ lane, name }: TableState): void {
    const asked = this.parts.options.lane;
    const other = asked === 'auto' || asked === lane ? '' : `; --lane ${asked} does not count for it`;
    this.parts.options.onEvent({
      type: 'note',
      text: `${name}: goes on with the ranges and the ${lane} lane that its copy was begun with${other}`,
    });
  }

  private newState(lane: TableState['lane'], rowsSource: bigint): NewTableState {
    const { database, table, sourcePath } = this.parts;
    return {
      name: table.name,
      plan: randomUUID(),
      lane,
      sourcePath,
      fingerprint: database.fingerprint,
      mappingDigest: mappingDigest(table),
      choices: this.choices,
      rowsSource,
      log: copiedLog(database),
    };
  }

  private async deferIndexes(client: Client, rowsSource: bigint): Promise<readonly string[]> {
    const { database, table } = this.parts;
    if (table.target.kind !== 'postgres' || rowsSource < DEFER_FROM_ROWS) return [];
    return deferIndexes(client, quoteName(table.target.table), averageRowBytes(database, table) ?? 0);
  }

  private verify(report: TableReport): Promise<TableReport> {
    return proveTable(this.parts, this.choices, report);
  }

  /** For the planner's sake, so that the first queries after a migration are quick. Autovacuum would come to it as well. */
  private async gatherStatistics(target: LegacyTable['target']): Promise<void> {
    if (target.kind !== 'postgres') return;
    try {
      await (await this.client()).query(`ANALYZE ${quoteName(target.table)}`);
    } catch (error) {
      if (classify(error) !== 'connection') throw error;
      this.parts.options.onEvent({ type: 'note', text: `${target.table}: its statistics are left to autovacuum` });
    }
  }

  private client(): ReturnType<LiveSession['live']> {
    return this.parts.control.live(this.parts.options.signal);
  }

  private unchanged(known: TableState): Loaded {
    return {
      outcome: 'unchanged',
      lane: known.lane,
      laneReason: null,
      rowsTarget: Number(known.rowsCopied),
      loadedNow: 0,
      skipped: {},
      normalised: known.normalised,
    };
  }

  private base(rowsSource: bigint): TableReport {
    const { table, sourcePath, file, damage } = this.parts;
    return {
      ...emptyReport(table, 'checked'),
      ...{ source: sourcePath, file },
      rowsSource: Number(rowsSource),
      ...(damage ? { salvage: salvageReport(damage), remarks: salvageRemarks(table, damage) } : {}),
    };
  }

  private countSource(): bigint {
    const { database, table } = this.parts;
    return database.rows(`SELECT count(*) FROM ${quoteName(table.source.table)}`)[0]?.[0] as bigint;
  }

  private say(type: 'phase' | 'progress', phase: Phase, rows: bigint, done: number): void {
    this.parts.options.onEvent({ type, phase, table: this.parts.table.name, rows: Number(rows), done });
  }
}

/** Of a snapshot; a log that is not whole vouches for nothing. */
function copiedLog(database: LegacyDatabase): CopiedLog | null {
  const found = findLog((sql, ...params) => database.all(sql, ...params));
  if (!found || found.faults.length > 0) return null;
  return { generation: found.log.generation, position: lastEntry(database) };
}
