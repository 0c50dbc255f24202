import { setTimeout as delay } from 'node:timers/promises';
import { changedSince, LOG, logNumbers, releaseClosed, type LegacyDatabase } from '@sluice/legacy';
import type { Client } from 'pg';
import { ExactReader } from '../exact/exact-reader';
import { listFollowStates } from '../follow/follow-state';
import { queueRows } from '../follow/outbox';
import { rowTexts } from '../follow/row-texts';
import { checkDrift, findSources, openFound, type FoundFile } from '../inspect';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import type { WorkOptions } from '../run/migration-options';
import { appendAudit } from '../state/audit';
import { quarantinedKeys } from '../state/quarantine';
import { markDatedAhead } from '../state/dated-ahead';
import { listTableStates } from '../state/table-state';
import { inTransaction } from '../state/transaction';
import { verifyTable } from '../verify';
import { LegacyFile } from '../write-back/legacy-file';
import { readTargetRows } from '../write-back/target-rows';
import { noteDivergences, settleDivergences, type NewDivergence } from './divergences';
import { winnerIn } from './domain';
import { assertSameHistory, carriedNotes } from './same-history';
import { domainsOf, twoWayTables } from './table-domains';

/** What is under way when it is seen first has arrived by then. */
const SECOND_LOOK_MS = 1_000;

/** Of the tables those that are written on both sides are compared. */
export interface ReconcileOptions extends WorkOptions {
  readonly signal: AbortSignal;
  /** False: nothing is noted and nothing is queued. */
  readonly note: boolean;
}

/** A row of which nobody knows why its two sides are not equal. */
export interface UnequalRow extends NewDivergence {
  readonly kind: 'unequal';
  readonly winner: 'legacy' | 'target';
}

export interface Reconciled {
  /** The tables that were compared. */
  readonly tables: readonly string[];
  readonly unequal: readonly UnequalRow[];
  /** Differences that are not of single rows, as sentences: `sluice verify` tells of them. */
  readonly others: readonly string[];
}

/**
 * Compares the tables that both sides write, row by row as `sluice verify` does, and gives the rows that are unequal though
 * nothing of them is under way in either direction: looked at twice, a second apart. Notes them as divergences. Throws
 * `FOLLOW_DATABASE_OLDER` or `FOLLOW_SOURCE_CHANGED` where a backup of one side was put back.
 */
export async function reconcile(client: Client, options: ReconcileOptions): Promise<Reconciled> {
  const names = options.tables.map(({ name }) => name);
  const domains = await domainsOf(client, names);
  const both = new Set(twoWayTables(domains));
  const tables = options.tables.filter(({ name }) => both.has(name));
  const files = findSources({ ...options, tables, known: options.known }).files.filter(
    (file) => file.tables.length > 0,
  );
  const states = new Map((await listTableStates(client)).map((state) => [state.name, state.choices]));
  const unequal: UnequalRow[] = [];
  const others: string[] = [];
  for (const file of files) {
    const comparison = new FileComparison(client, options, file, (table) => states.get(table.name) ?? {});
    const candidates = await comparison.candidates(others);
    if (candidates.size === 0) continue;
    await delay(SECOND_LOOK_MS, undefined, { signal: options.signal });
    for (const [table, row] of await comparison.unequal(candidates)) {
      const { name: domain, mode } = domains.get(table.name)!;
      unequal.push({ ...row, domain, table: table.name, kind: 'unequal', winner: winnerIn(mode) });
    }
  }
  others.push(...(await refusedRows(client, [...both])));
  if (options.note && unequal.length > 0) {
    await markDatedAhead(client);
    await noteDivergences(client, unequal);
  }
  return { tables: tables.map(({ name }) => name), unequal, others };
}

/**
 * Has the follower carry the winner's side of each row to the other one: through the change log of the file, or through what
 * is queued for it. The mode decides at that time. Settles what was noted of them.
 */
export async function queueWinners(
  client: Client,
  options: ReconcileOptions,
  rows: readonly UnequalRow[],
): Promise<void> {
  const { files } = findSources({ ...options, tables: options.known, known: options.known });
  for (const { file, tables } of files) {
    const own = rows.filter(({ table, winner }) => winner === 'legacy' && tables.some(({ name }) => name === table));
    if (own.length === 0) continue;
    await releaseClosed(file);
    await new LegacyFile(file, { signal: options.signal }).session((session) =>
      session.writing((connection) => {
        const { numbers } = logNumbers(connection);
        for (const { table, key } of own) {
          const { source } = tables.find(({ name }) => name === table)!;
          connection.run(`INSERT INTO ${LOG} VALUES (NULL, ?, ?)`, numbers.get(source.table)!, key);
        }
      }),
    );
  }
  await queueRows(
    client,
    rows.filter(({ winner }) => winner === 'target'),
  );
  const { rows: noted } = await client.query<{ id: string }>(
    `SELECT id::text FROM migration_divergences d JOIN unnest($1::text[], $2::bigint[]) AS r(name, key)
       ON d.table_name = r.name AND d.row_key = r.key WHERE d.kind = 'unequal' AND d.settled_at IS NULL`,
    [rows.map(({ table }) => table), rows.map(({ key }) => key.toString())],
  );
  const settled = { ids: noted.map(({ id }) => id), by: options.holder, resolution: 'the winner was queued' };
  await settleDivergences(client, settled);
  const detail = { rows: rows.length };
  await appendAudit(client, { actor: options.holder, action: 'reconcile.queued', subject: options.root, detail });
}

type Candidates = ReadonlyMap<LegacyTable, readonly bigint[]>;

class FileComparison {
  constructor(
    private readonly client: Client,
    private readonly options: ReconcileOptions,
    private readonly file: FoundFile,
    private readonly choicesOf: (table: LegacyTable) => Choices,
  ) {}

  /** Keys that a comparison of whole tables names and that are not under way. */
  async candidates(others: string[]): Promise<Candidates> {
    const notes = await carriedNotes(this.client);
    return this.reading(async (database) => {
      await assertSameHistory(this.client, this.file.file, database, notes);
      const found = new Map<LegacyTable, readonly bigint[]>();
      for (const table of this.file.tables) {
        const keys = await this.compare(database, table, others);
        const settled = await this.notUnderWay(database, table, keys);
        if (settled.length > 0) found.set(table, settled);
      }
      return found;
    });
  }

  /** Of these the rows that are unequal still, with both sides. */
  async unequal(
    candidates: Candidates,
  ): Promise<(readonly [LegacyTable, Pick<NewDivergence, 'key' | 'legacyRow' | 'targetRow'>])[]> {
    return this.reading(async (database) => {
      const rows: (readonly [LegacyTable, Pick<NewDivergence, 'key' | 'legacyRow' | 'targetRow'>])[] = [];
      for (const [table, before] of candidates) {
        const again = new Set(await this.compare(database, table, []));
        const keys = await this.notUnderWay(database, table, before.filter((key) => again.has(key))); // prettier-ignore
        const exact = new ExactReader(database, table, this.choicesOf(table));
        const read = [...exact.byKeys(keys)];
        const ofFile = await inTransaction(this.client, () => rowTexts(this.client, table, exact.columns, read));
        const ofTarget = await readTargetRows(this.client, table, keys);
        for (const key of keys) {
          const legacyRow = ofFile.get(key) ?? null;
          rows.push([table, { key, legacyRow, targetRow: ofTarget.get(key)?.values ?? null }]);
        }
      }
      return rows;
    });
  }

  private async reading<Result>(work: (database: LegacyDatabase) => Promise<Result>): Promise<Result> {
    await releaseClosed(this.file.file);
    const database = await openFound(this.file, { snapshot: 'auto', signal: this.options.signal });
    try {
      checkDrift(database, this.file.tables, this.file.ignored);
      return await work(database);
    } finally {
      database.close();
    }
  }

  private async compare(database: LegacyDatabase, table: LegacyTable, others: string[]): Promise<bigint[]> {
    const quarantined = await quarantinedKeys(this.client, table.name);
    const { connectionString, signal } = this.options;
    const choices = this.choicesOf(table);
    const { found } = await verifyTable({ database, table, choices, connectionString, quarantined, signal });
    const isKey = ({ rowKey }: { rowKey: string }): boolean => /^-?\d+$/.test(rowKey);
    others.push(...found.filter((one) => !isKey(one)).map(({ kind, source, target }) => `${table.name}: ${kind} (${source ?? '-'} in the file, ${target ?? '-'} in PostgreSQL)`)); // prettier-ignore
    return [...new Set(found.filter(isKey).map(({ rowKey }) => BigInt(rowKey)))];
  }

  private async notUnderWay(database: LegacyDatabase, table: LegacyTable, keys: readonly bigint[]): Promise<bigint[]> {
    if (keys.length === 0) return [];
    const follow = (await listFollowStates(this.client)).find((state) => state.table === table.name);
    const { numbers } = logNumbers(database);
    const logged = changedSince(
      database,
      follow?.checkpoint.position ?? 0n,
      numbers.get(table.source.table) ?? 0n,
      keys,
    );
    const { rows } = await this.client.query<{ key: string }>(
      'SELECT DISTINCT row_key::text AS key FROM migration_outbox WHERE table_name = $1 AND row_key = ANY($2::bigint[])',
      [table.name, keys.map(String)],
    );
    const queued = new Set(rows.map(({ key }) => BigInt(key)));
    return keys.filter((key) => !logged.has(key) && !queued.has(key));
  }
}

/** What nobody tries again unasked is no work under way, and no equality either. */
async function refusedRows(client: Client, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ table: string; count: number }>(
    `SELECT table_name AS "table", count(DISTINCT row_key)::int AS count FROM migration_outbox
      WHERE table_name = ANY($1) AND dead_at IS NOT NULL GROUP BY table_name ORDER BY table_name COLLATE "C"`,
    [tables],
  );
  return rows.map(
    ({ table, count }) => `${table}: ${count} refused by the file; mend the row, or try again with \`--retry-dead\`.`,
  );
}
