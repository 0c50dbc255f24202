import type { Client } from 'pg';
import { twoWayCount } from '../domains/table-domains';
import { isRejected, type ConvertedRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import { SALVAGE_CODES } from '../state/quarantine';
import { upsertSql } from './apply-rows';
import type { FollowedTable, HistoryPolicy } from './followed-table';
import { positionSql, type Mark, type ReadChanges } from './position';
import type { SequenceAdvance } from './sequence-advance';

interface QuickTable {
  readonly followed: FollowedTable;
  readonly rows: readonly ConvertedRow[];
  readonly gone: readonly bigint[];
  readonly highWater: bigint;
}

/**
 * Most batches are plain rows of tables that nobody refers to: they are applied by one statement, which is a transaction by
 * itself, in one round trip. Null where a batch is anything else (a bad row, an original to keep, a cache, a parent, history
 * to be told from a delete); then nothing was done.
 */
export class QuickApplier {
  private readonly statements = new Map<string, string>();

  constructor(
    private readonly tables: readonly FollowedTable[],
    private readonly run: string,
    private readonly history: HistoryPolicy,
    private readonly sequences: SequenceAdvance,
  ) {}

  /**
   * False: not applied, and not to be applied this way. Throws PostgreSQL's error, also where the follower has lost its right,
   * or where a table is written on both sides and nobody has `decided` over conflicts.
   */
  async apply(client: Client, changes: readonly ReadChanges[], mark: Mark, decided = false): Promise<boolean> {
    const quick = changes.map((one) => this.quickOf(one));
    if (quick.length === 0 || quick.some((one) => one === null)) return false;
    const some = quick.filter((one) => one !== null);
    const sequences: (string | null)[] = [];
    for (const { followed } of some) sequences.push(await this.sequences.nameOf(client, followed.table));
    const name = `sluice-follow ${some.map(({ followed }) => this.tables.indexOf(followed)).join(' ')}`;
    const text = this.statements.get(name) ?? this.statementOf(some, sequences);
    this.statements.set(name, text);
    await client.query({ name, text, values: this.valuesOf(some, mark, decided) });
    return true;
  }

  private quickOf({ followed, keys, rows, highWater }: ReadChanges): QuickTable | null {
    const { table } = followed;
    if (table.target.kind !== 'postgres') return null;
    if (this.tables.some((other) => other.table.references.some((reference) => reference.table === table.name)))
      return null;
    const good: ConvertedRow[] = [];
    for (const row of rows) {
      if (isRejected(row) || row.originals.length > 0) return null;
      good.push(row);
    }
    const present = new Set(good.map(({ key }) => key));
    const gone = keys.filter((key) => !present.has(key));
    const isHistory = this.history.keep === 'all' || (this.history.keep === 'retention' && table.retention);
    return gone.length > 0 && isHistory ? null : { followed, rows: good, gone, highWater };
  }

  private valuesOf(some: readonly QuickTable[], { checkpoint, lagRows }: Mark, decided: boolean): unknown[] {
    const touched = some.flatMap(({ followed, rows, gone }) => [
      ...rows.map(({ key }) => [followed.table.name, key.toString(), true] as const),
      ...gone.map((key) => [followed.table.name, key.toString(), false] as const),
    ]);
    return [
      checkpoint?.position.toString() ?? null, checkpoint ? JSON.stringify(checkpoint.detail) : null, lagRows, this.run,
      this.tables.map(({ plan }) => plan), touched.map(([name]) => name), touched.map(([, key]) => key),
      touched.map(([, , isThere]) => isThere), Object.values(SALVAGE_CODES), decided,
      ...some.flatMap(({ followed, rows, gone, highWater }) => [
        gone.map(String),
        [...rows.map(({ key }) => key), ...gone].reduce((top, key) => (key > top ? key : top), highWater).toString(),
        ...followed.exact.columns.map((_, at) => rows.map(({ values }) => values[at] ?? null)),
      ]),
    ]; // prettier-ignore
  }

  /** Rows go before others come: a new one may have the unique value of one that is gone. */
  private statementOf(some: readonly QuickTable[], sequences: readonly (string | null)[]): string {
    let next = FIRST_OF_TABLES;
    const parts = some.map(({ followed: { table, exact } }, at) => {
      const [goneAt, topAt, columnsAt] = [next, next + 1, next + 2];
      next = columnsAt + exact.columns.length;
      const [target, key, sequence] = [targetName(table), quoteName(table.source.key), sequences[at]];
      return {
        name: table.name,
        sql: `d${at} AS (DELETE FROM ${target} t WHERE ${key} = ANY($${goneAt}::bigint[]) AND NOT EXISTS
            (SELECT 1 FROM migration_kept k WHERE k.table_name = ${literal(table.name)} AND k.row_key = t.${key}) RETURNING 1),
          w${at} AS (${upsertSql(table, exact.columns, columnsAt, `d${at}`)})`,
        advance: sequence
          ? `, (SELECT setval(${literal(sequence)}, $${topAt}::bigint) FROM ${sequence}, pg_sequence
              WHERE seqrelid = ${literal(sequence)}::regclass AND $${topAt}::bigint < seqmax
                AND (last_value < $${topAt}::bigint OR (last_value = $${topAt}::bigint AND NOT is_called))) AS s${at}`
          : `, $${topAt}::bigint AS s${at}`,
      };
    });
    const done = this.tables.map(({ table }, at) => {
      const part = parts.findIndex(({ name }) => name === table.name);
      const count = (of: string): string => `(SELECT count(*) FROM ${of})`;
      const named = (of: string): string => count(`${of} WHERE table_name = ${literal(table.name)}`);
      const counts =
        part < 0
          ? ['0', '0', '0', '0']
          : [count(`w${part}`), count(`d${part}`), `${count(`w${part} WHERE inserted`)} - ${count(`d${part}`)} + ${named('back')}`, `-${named('mended')}`]; // prettier-ignore
      const [written, deleted, copiedBy, quarantinedBy] = counts;
      return `(${literal(table.name)}, ($5::uuid[])[${at + 1}], ${written}, ${deleted}, 0, 0, ${copiedBy}, ${quarantinedBy})`;
    });
    const names = `ARRAY[${this.tables.map(({ table }) => literal(table.name)).join(', ')}]`;
    return `WITH touched AS (SELECT * FROM unnest($6::text[], $7::text[], $8::boolean[]) AS k(name, key, there)),
      mended AS (UPDATE migration_quarantine q SET replayed_at = now() FROM touched k WHERE q.table_name = k.name
        AND q.row_key = k.key AND replayed_at IS NULL AND reason_code <> ALL($9::text[]) RETURNING q.table_name),
      forgotten AS (DELETE FROM migration_originals o USING touched k WHERE o.table_name = k.name AND o.row_key = k.key
        AND (k.there OR NOT EXISTS (SELECT 1 FROM migration_kept h WHERE h.table_name = k.name AND h.row_key = k.key::bigint)) RETURNING 1),
      back AS (DELETE FROM migration_kept h USING touched k WHERE k.there AND h.table_name = k.name
        AND h.row_key = k.key::bigint RETURNING h.table_name),
      ${parts.map(({ sql }) => sql).join(',\n')},
      done(name, plan, written, deleted, kept, quarantined, copied_by, quarantined_by) AS (VALUES ${done.join(', ')}),
      ${positionSql(1)}
      SELECT 1 / (copies = ${this.tables.length} AND followed = ${this.tables.length} AND ($10 OR ${twoWayCount(names)} = 0))::int AS ours${parts.map(({ advance }) => advance).join('')}
        FROM (SELECT (SELECT count(*) FROM copies) AS copies, (SELECT count(*) FROM followed) AS followed) AS counted`;
  }
}

/** Before them are the mark, the plans, the touched keys, and whether conflicts are decided. */
const FIRST_OF_TABLES = 11;

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
