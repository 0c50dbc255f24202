import type { Client } from 'pg';
import type { KeyRange } from '../copy/lane';
import type { Choices } from '../mapping/legacy-table';
import { inTransaction } from './transaction';

/** A range of the plan, with its place in it. */
export interface PlannedRange extends KeyRange {
  readonly seq: number;
}

export interface TableState {
  readonly name: string;
  readonly plan: string;
  readonly status: 'copying' | 'copied';
  readonly lane: 'pages' | 'sql' | 'exact';
  readonly sourcePath: string;
  readonly fingerprint: unknown;
  readonly mappingDigest: string;
  readonly choices: Choices;
  readonly rowsSource: bigint;
  readonly rowsCopied: bigint;
  readonly rowsQuarantined: bigint;
  readonly rowsSkipped: bigint;
  readonly normalised: Readonly<Record<string, number>>;
  /** SQL that gives the target its primary key and indexes back. */
  readonly deferred: readonly string[];
  /** Are the pages known that it was made of? See `recordStamps`. */
  readonly isStamped: boolean;
}

/** The change log as the copied snapshot holds it: what was logged later is not in the copy. */
export interface CopiedLog {
  readonly generation: string;
  /** The number of its last entry; 0 where it has none. */
  readonly position: bigint;
}

export type NewTableState = Pick<
  TableState,
  'name' | 'plan' | 'lane' | 'sourcePath' | 'fingerprint' | 'mappingDigest' | 'choices' | 'rowsSource'
> & {
  /** Absent where the file has none. */
  readonly log?: CopiedLog | null;
};

export interface RangeTotals {
  readonly rows: bigint;
  readonly quarantined: bigint;
  readonly skipped: bigint;
  readonly normalised: Readonly<Record<string, number>>;
}

interface StateRow extends Omit<TableState, 'rowsSource' | 'rowsCopied' | 'rowsQuarantined' | 'rowsSkipped'> {
  rowsSource: string;
  rowsCopied: string;
  rowsQuarantined: string;
  rowsSkipped: string;
}

export async function listTableStates(client: Client): Promise<TableState[]> {
  const { rows } = await client.query<StateRow>(
    `SELECT name, plan, status, lane, source_path AS "sourcePath", fingerprint, mapping_digest AS "mappingDigest",
       choices, rows_source AS "rowsSource", rows_copied AS "rowsCopied", rows_quarantined AS "rowsQuarantined",
       rows_skipped AS "rowsSkipped", normalised, deferred, stamps IS NOT NULL AS "isStamped"
       FROM migration_tables ORDER BY started_at, name`,
  );
  return rows.map((row) => ({
    ...row,
    rowsSource: BigInt(row.rowsSource),
    rowsCopied: BigInt(row.rowsCopied),
    rowsQuarantined: BigInt(row.rowsQuarantined),
    rowsSkipped: BigInt(row.rowsSkipped),
  }));
}

/**
 * Writes a new table's state and its whole plan in one transaction, in which `prepare` may change the target and gives the
 * SQL that undoes it.
 */
export async function createPlan(
  client: Client,
  state: NewTableState,
  ranges: readonly KeyRange[],
  prepare: () => Promise<readonly string[]>,
): Promise<void> {
  await inTransaction(client, async () => insertPlan(client, state, ranges, await prepare()));
}

/** The state and plan of a table of which nothing is recorded, inside the caller's transaction. */
export async function insertPlan(
  client: Client,
  state: NewTableState,
  ranges: readonly KeyRange[],
  deferred: readonly string[],
): Promise<void> {
  const bounds = ranges.map(({ from, to }) => ({ from: from?.toString() ?? null, to: to?.toString() ?? null }));
  await client.query(
    `INSERT INTO migration_tables (name, plan, status, lane, source_path, fingerprint, mapping_digest, choices, rows_source,
       deferred, log_generation, log_position)
     VALUES ($1, $2, 'copying', $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [state.name, state.plan, state.lane, state.sourcePath, JSON.stringify(state.fingerprint), state.mappingDigest,
      JSON.stringify(state.choices), state.rowsSource.toString(), JSON.stringify(deferred),
      state.log?.generation ?? null, state.log?.position.toString() ?? null], // prettier-ignore
  );
  await client.query(
    `INSERT INTO migration_ranges (table_name, plan, seq, key_from, key_to)
     SELECT $1, $2, ordinality, (bound->>'from')::bigint, (bound->>'to')::bigint
       FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS bounds(bound, ordinality)`,
    [state.name, state.plan, JSON.stringify(bounds)],
  );
}

/** Forgets a table's state, plan and originals, inside the caller's transaction. */
export async function forgetTable(client: Client, table: string): Promise<void> {
  await client.query('DELETE FROM migration_tables WHERE name = $1', [table]);
  await client.query('DELETE FROM migration_originals WHERE table_name = $1', [table]);
}

export async function pendingRanges(client: Client, state: Pick<TableState, 'name' | 'plan'>): Promise<PlannedRange[]> {
  const { rows } = await client.query<{ seq: number; from: string | null; to: string | null }>(
    `SELECT seq, key_from AS "from", key_to AS "to" FROM migration_ranges
      WHERE table_name = $1 AND plan = $2 AND done_at IS NULL ORDER BY seq`,
    [state.name, state.plan],
  );
  const bound = (text: string | null): bigint | null => (text === null ? null : BigInt(text));
  return rows.map(({ seq, from, to }) => ({ seq, from: bound(from), to: bound(to) }));
}

/**
 * Checks a range off inside the transaction that loaded it. False: it was already done or the plan is another one, and
 * the caller must roll back.
 */
export async function checkOff(
  client: Client,
  state: Pick<TableState, 'name' | 'plan'>,
  seq: number,
  totals: RangeTotals,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE migration_ranges SET rows = $4, quarantined = $5, skipped = $6, normalised = $7, done_at = now()
      WHERE table_name = $1 AND plan = $2 AND seq = $3 AND done_at IS NULL`,
    [state.name, state.plan, seq, totals.rows.toString(), totals.quarantined.toString(), totals.skipped.toString(),
      JSON.stringify(totals.normalised)], // prettier-ignore
  );
  return rowCount === 1;
}

/** What the finished ranges add up to. */
export async function sumRanges(client: Client, state: Pick<TableState, 'name' | 'plan'>): Promise<RangeTotals> {
  const { rows } = await client.query<{ rows: string; quarantined: string; skipped: string }>(
    `SELECT coalesce(sum(rows), 0)::text AS rows, coalesce(sum(quarantined), 0)::text AS quarantined,
       coalesce(sum(skipped), 0)::text AS skipped FROM migration_ranges WHERE table_name = $1 AND plan = $2`,
    [state.name, state.plan],
  );
  const rules = await client.query<{ rule: string; count: string }>(
    `SELECT key AS rule, sum(value::bigint)::text AS count FROM migration_ranges, jsonb_each_text(normalised)
      WHERE table_name = $1 AND plan = $2 GROUP BY key ORDER BY key`,
    [state.name, state.plan],
  );
  return {
    rows: BigInt(rows[0]?.rows ?? 0),
    quarantined: BigInt(rows[0]?.quarantined ?? 0),
    skipped: BigInt(rows[0]?.skipped ?? 0),
    normalised: Object.fromEntries(rules.rows.map(({ rule, count }) => [rule, Number(count)])),
  };
}

/** What a table's target has to get back when its copy ends; read afresh, because another process may have planned it. */
export async function deferredOf(client: Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ deferred: string[] }>('SELECT deferred FROM migration_tables WHERE name = $1', [
    name,
  ]);
  return rows[0]?.deferred ?? [];
}

/** The end of a table's copy; durable when the transaction around it is. */
export async function completeTable(
  client: Client,
  state: Pick<TableState, 'name' | 'plan'>,
  totals: RangeTotals,
): Promise<void> {
  await client.query(
    `UPDATE migration_tables SET status = 'copied', copied_at = now(), rows_copied = $3, rows_quarantined = $4,
       rows_skipped = $5, normalised = $6, deferred = '[]' WHERE name = $1 AND plan = $2`,
    [state.name, state.plan, totals.rows.toString(), totals.quarantined.toString(), totals.skipped.toString(),
      JSON.stringify(totals.normalised)], // prettier-ignore
  );
}

/**
 * Keeps the stamps of a copied table's pages, as `encodeStamps` gives them: what differs from them later is not in the copy.
 * Stamps that it has already stay.
 */
export async function recordStamps(
  client: Client,
  { name, plan }: Pick<TableState, 'name' | 'plan'>,
  stamps: Buffer,
): Promise<void> {
  await client.query(
    `UPDATE migration_tables SET stamps = $3 WHERE name = $1 AND plan = $2 AND status = 'copied' AND stamps IS NULL`,
    [name, plan, stamps],
  );
}
