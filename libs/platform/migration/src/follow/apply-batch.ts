import type { CacheStore } from '@sluice/cache';
import type { Clock } from '@sluice/core';
import type { Client } from 'pg';
import { isRejected, type ExactRow } from '../exact/exact-reader';
import { targetName } from '../exact/target-name';
import { classify, REFUSED_BY_MODE, sqlState } from '../state/postgres-errors';
import { inTransaction } from '../state/transaction';
import { isTwoWay, winnerIn } from '../domains/domain';
import { passGivenIds } from '../domains/domain-ids';
import { domainsOf, twoWayTables, type TableDomain } from '../domains/table-domains';
import { applyEntries } from './apply-entries';
import { QuickApplier } from './apply-quick';
import { RowApplier, type ApplyMode } from './apply-rows';
import type { ChangeBatch, KeyInterval } from './change-feed';
import { FollowLogNeededError } from './follow.errors';
import type { FollowedTable, HistoryPolicy } from './followed-table';
import { knownKeys } from './known-keys';
import { Conflicts, lockThenLook, type FoundBy } from './conflicts';
import { noteLateWrites } from './late-writes';
import { missingParents } from './missing-parents';
import { childrenOfApi, heldRows, noteOrphans, type Children } from './orphans';
import type { FollowedSource } from './open-source';
import { advancePosition, type Mark, type ReadChanges } from './position';
import { SequenceAdvance } from './sequence-advance';
import { noCounts } from './table-counts';

export interface ApplyParts {
  readonly run: string;
  /** A file's followed tables, in the order of the mappings. */
  readonly tables: readonly FollowedTable[];
  readonly live: Pick<FollowedSource, 'read' | 'logged'>;
  /** A connection that answered the last time. */
  readonly client: () => Promise<Client>;
  readonly cache: CacheStore | null;
  readonly clock: Clock;
  readonly history: HistoryPolicy;
  readonly signal: AbortSignal;
  /** Carries what is queued for the file, all that can be; null where this file's changes are found in a way that cannot. */
  readonly drain: (() => Promise<void>) | null;
  /** Told of a table that is PostgreSQL's alone, and that the legacy program has written to all the same. */
  readonly onLate: (table: string) => void;
}

/** Rows that others wrote have to go with the batch, and may not be in the file yet. */
class DrainFirst extends Error {
  constructor(readonly keys: ReadonlySet<bigint>) {
    super();
  }
}

interface How {
  readonly mode: ApplyMode;
  readonly foundBy?: FoundBy;
  readonly isRetry?: boolean;
  /** Keys of the rows that had to be carried into the file before. */
  readonly drained?: ReadonlySet<bigint>;
}

const FENCE_MS = 400;
const NO_MARK: Mark = { checkpoint: null, lagRows: null };
/** Rows of an interval that are read and applied at a time, and about how many characters of them. */
const PIECE = { rows: 500, chars: 4 * 1024 * 1024 };

/**
 * Brings changed rows into the targets: rows, quarantine, originals, history, counts and the position in one transaction, so
 * that an end at any point has either all of a batch or nothing of it. Deletes go from children to parents, rows come from
 * parents to children.
 */
export class BatchApplier {
  private readonly sequences = new SequenceAdvance();
  private readonly quick: QuickApplier;
  private readonly conflicts: Conflicts;
  private readonly names: readonly string[];
  /** As the last transaction found it; the next one finds out for itself. */
  private isTwoWay = false;
  private closed: ReadonlyMap<string, TableDomain> = new Map();

  constructor(private readonly parts: ApplyParts) {
    this.conflicts = new Conflicts(this.readRows, this.readLogged, parts.history);
    this.names = parts.tables.map(({ table }) => table.name);
    this.quick = new QuickApplier(parts.tables, parts.run, parts.history, this.sequences);
  }

  /** Every row is the file's, and goes where it says. */
  private get isPlain(): boolean {
    return !this.isTwoWay && this.closed.size === 0;
  }

  /** Intervals piece by piece, each in a transaction of its own; then the single keys, with the checkpoint. */
  async apply({ changes, checkpoint, lagRows }: ChangeBatch): Promise<void> {
    for (const { table, intervals, highWater = 0n } of changes) {
      const followed = this.parts.tables.find((one) => one.table.name === table.name);
      if (!followed || intervals.length === 0) continue;
      for (const interval of intervals) await this.applyInterval(followed, interval);
      await this.sequences.advance(await this.parts.client(), table, highWater);
      if (this.isTwoWay && table.target.kind === 'postgres') await passGivenIds(await this.parts.client(), table);
    }
    const read = this.parts.tables.flatMap((followed): ReadChanges[] => {
      const change = changes.find(({ table }) => table.name === followed.table.name);
      return change && change.keys.length > 0
        ? [{ followed, keys: change.keys, rows: change.rows, highWater: change.highWater ?? 0n }]
        : [];
    });
    await this.transact(read, { checkpoint, lagRows });
  }

  /**
   * Rows that PostgreSQL refused, not the mapping, are tried again: what was in their way may have gone. The tables are locked
   * meanwhile and each row that is refused again takes its time, so that rows whose parent is still missing are left out.
   */
  async retry(followed: FollowedTable, refused: readonly bigint[]): Promise<void> {
    const all = await this.readRows(followed, refused);
    const missing = await missingParents(await this.parts.client(), this.parts.tables, followed, all);
    const rows = all.filter(({ key }) => !missing.has(key));
    const keys = refused.filter((key) => !missing.has(key));
    if (keys.length === 0) return;
    // A unique value may be in the way that PostgreSQL has yet to send: that is decided as for any batch.
    if (this.isTwoWay) return this.transact([{ followed, keys, rows, highWater: 0n }], NO_MARK);
    await this.once([{ followed, keys, rows, highWater: 0n }], NO_MARK, { mode: 'careful', isRetry: true });
  }

  /** Reads the rows of an interval and applies them, piece by piece; nothing of it counts as a position. */
  async applyInterval(followed: FollowedTable, { from, to }: KeyInterval): Promise<void> {
    const { live, signal } = this.parts;
    const isWhole = from === null && to === null;
    for (let start = from; ;) {
      const { rows, isLast } = await live.read(() => pieceOf(followed.exact.range(start, to)), signal);
      const end = isLast ? to : rows[rows.length - 1]!.key;
      const present = new Set(rows.map(({ key }) => key));
      const known = await knownKeys(await this.parts.client(), followed.table, [{ from: start, to: end }]);
      const keys = [...present, ...known.filter((key) => !present.has(key))];
      if (keys.length > 0) await this.transact([{ followed, keys, rows, highWater: 0n, isWhole }], NO_MARK, 'compared');
      if (isLast) return;
      start = end;
    }
  }

  private async transact(changes: readonly ReadChanges[], mark: Mark, foundBy: FoundBy = 'logged'): Promise<void> {
    try {
      if (this.isPlain && (await this.quick.apply(await this.parts.client(), changes, mark))) return;
      await this.once(changes, mark, { mode: 'quick', foundBy });
    } catch (error) {
      const wasClosed = sqlState(error) === REFUSED_BY_MODE; // Between two batches.
      if (!wasClosed && classify(error) !== 'data') throw error;
      await this.once(changes, mark, { mode: 'careful', foundBy });
    }
  }

  private async once(changes: readonly ReadChanges[], mark: Mark, how: How): Promise<void> {
    try {
      await this.inOneTransaction(changes, mark, how);
    } catch (error) {
      if (!(error instanceof DrainFirst)) throw error;
      await this.parts.drain?.();
      await this.inOneTransaction(changes, mark, { ...how, drained: error.keys });
    }
  }

  private async inOneTransaction(all: readonly ReadChanges[], mark: Mark, how: How): Promise<void> {
    const client = await this.parts.client();
    await inTransaction(client, async () => {
      const domains = await this.fence(client);
      const { isTwoWay, closed } = this;
      const open = closed.size > 0 ? await this.withoutClosed(client, all, how) : all;
      const changes = isTwoWay ? await this.conflicts.decide(client, open, domains, how.foundBy ?? 'logged') : open;
      if (!this.isPlain && how.mode === 'quick' && (await this.quick.apply(client, changes, mark, true))) return;
      const counts = new Map(this.parts.tables.map(({ table }) => [table.name, noCounts()]));
      const children: Children[] = [];
      const appliers = await this.appliers(client, changes, domains, how, children);
      for (const applier of [...appliers].reverse()) await applier.takeOut();
      for (const applier of appliers) await applier.putIn();
      for (const applier of appliers) {
        await applier.settle();
        const high = changes.find(({ followed }) => followed === applier.followed)?.highWater ?? 0n;
        await this.sequences.advance(
          client,
          applier.followed.table,
          applier.greatestKey > high ? applier.greatestKey : high,
        );
        counts.set(applier.followed.table.name, applier.counts);
      }
      await noteOrphans(client, children, appliers);
      for (const { followed, keys, rows, isWhole } of changes) {
        const { cache, clock, live } = this.parts;
        if (followed.table.target.kind === 'cache' && cache) {
          const foundBy = isWhole ? 'whole' : live.logged ? 'logged' : 'seen';
          const parts = { client, cache, clock, readRows: this.readRows, foundBy } as const;
          counts.set(followed.table.name, await applyEntries(parts, followed, keys, rows));
        }
      }
      await advancePosition(client, this.parts, counts, mark);
    });
  }

  /** What nobody vouches for, or was refused before, tells nothing of what the legacy program does now. */
  private async withoutClosed(client: Client, all: readonly ReadChanges[], how: How): Promise<readonly ReadChanges[]> {
    const isOfNow = (how.foundBy ?? 'logged') === 'logged' && !how.isRetry;
    for (const change of all) {
      const { name } = change.followed.table;
      const domain = this.closed.get(name);
      if (domain && isOfNow && (await noteLateWrites(client, change, domain.name, this.parts.history)) > 0)
        this.parts.onLate(name);
    }
    return all.filter(({ followed }) => !this.closed.has(followed.table.name));
  }

  /** From here on to the end of the transaction the modes stay as they are. */
  private async fence(client: Client): Promise<Map<string, TableDomain>> {
    const targets = this.parts.tables.flatMap(({ table }) =>
      table.target.kind === 'postgres' ? [targetName(table)] : [],
    );
    if (targets.length === 0) return new Map();
    // Who changes the mode has the tables locked, and waits for what is queued: that is carried before this is tried again.
    await client.query(`SET LOCAL lock_timeout = ${FENCE_MS}; LOCK TABLE ${targets.join(', ')} IN ROW EXCLUSIVE MODE`);
    const domains = await domainsOf(client, this.names);
    this.isTwoWay = twoWayTables(domains).length > 0;
    this.closed = new Map([...domains].filter(([, { mode }]) => mode === 'new'));
    if (this.isTwoWay && !this.parts.drain) throw new FollowLogNeededError(twoWayTables(domains));
    return domains;
  }

  /** With the rows of other tables that have to go and come back with them. */
  private async appliers(
    client: Client,
    changes: readonly ReadChanges[],
    domains: ReadonlyMap<string, TableDomain>,
    how: How,
    /** Gets those among them that PostgreSQL speaks for. */
    ofApi: Children[],
  ): Promise<RowApplier[]> {
    const { mode, foundBy = 'logged', isRetry = false } = how;
    const appliers = new Map<string, RowApplier>();
    const applierOf = (followed: FollowedTable): RowApplier => {
      const known = appliers.get(followed.table.name) ?? new RowApplier(client, followed, mode, isRetry);
      appliers.set(followed.table.name, known);
      return known;
    };
    for (const { followed, keys, rows } of changes) {
      if (followed.table.target.kind !== 'postgres') continue;
      applierOf(followed).add(keys, rows);
      const domain = domains.get(followed.table.name);
      const doubtful = mode === 'careful' ? rows : rows.filter(isRejected);
      // What is compared has been told of by then.
      if (domain && winnerIn(domain.mode) === 'target' && foundBy === 'logged' && doubtful.length > 0)
        ofApi.push(await heldRows(client, followed, domain, doubtful));
    }
    for (const applier of [...appliers.values()]) {
      await applier.keepHistory(this.parts.history);
      for (const child of this.parts.tables) {
        if (!child.table.references.some(({ table }) => table === applier.followed.table.name)) continue;
        const keys = await applier.dependents(child.table);
        if (keys.length === 0) continue;
        const others = keys.filter((key) => !applierOf(child).has(key));
        const domain = domains.get(child.table.name);
        const isTwoWayChild = domain !== undefined && isTwoWay(domain.mode);
        if (isTwoWayChild) await this.protect(client, child, others, domain, how);
        applierOf(child).leaveFirst(keys);
        if (others.length === 0) continue;
        const rows = await this.readRows(child, others);
        if (isTwoWayChild) ofApi.push(await childrenOfApi(client, child, domain, rows, how.drained ?? new Set()));
        applierOf(child).add(others, rows);
      }
    }
    return this.parts.tables.flatMap(({ table }) => appliers.get(table.name) ?? []);
  }

  /** Dependent rows come back as the file has them: what is queued for it has to be there, or is given up by name. */
  private async protect(
    client: Client,
    child: FollowedTable,
    keys: readonly bigint[],
    domain: TableDomain,
    { drained }: How,
  ): Promise<void> {
    if (keys.length === 0) return;
    const queued = [...((await lockThenLook(client, [{ table: child.table, keys }])).get(child.table.name) ?? [])];
    if (queued.length === 0) return;
    if (!drained) throw new DrainFirst(new Set(queued));
    await this.conflicts.giveUp(client, child, domain, queued);
  }

  private readonly readRows = (followed: FollowedTable, keys: readonly bigint[]): Promise<readonly ExactRow[]> =>
    this.parts.live.read(() => [...followed.exact.byKeys(keys)], this.parts.signal);

  private readonly readLogged = ({ table }: FollowedTable, keys: readonly bigint[]): Promise<ReadonlySet<bigint>> =>
    this.parts.live.read(() => this.parts.live.logged?.(table, keys) ?? new Set(), this.parts.signal);
}

function pieceOf(all: Generator<ExactRow>): { readonly rows: ExactRow[]; readonly isLast: boolean } {
  const rows: ExactRow[] = [];
  let chars = 0;
  for (const row of all) {
    rows.push(row);
    if ('values' in row) for (const value of row.values) chars += value?.length ?? 0;
    if (rows.length === PIECE.rows || chars > PIECE.chars) return { rows, isLast: false };
  }
  return { rows, isLast: true };
}
