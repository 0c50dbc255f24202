import type { Client } from 'pg';
import { isRejected, type ConvertedRow, type ExactRow, type RejectedRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';
import { proven, targetType } from '../run/target-shape';
import { classify, dataReason } from '../state/postgres-errors';
import { keepOriginals, putAside, SALVAGE_CODES } from '../state/quarantine';
import type { FollowedTable, HistoryPolicy } from './followed-table';
import { noCounts, type TableCounts } from './table-counts';

/**
 * `quick`: PostgreSQL takes all rows of a table in one statement. `careful`, where it did not: changed rows are taken out
 * first, so that values may change places, and those that are still refused are found by halves and set aside.
 */
export type ApplyMode = 'quick' | 'careful';

/** Applies changed rows of one table of PostgreSQL, inside the caller's transaction, in steps that tables take in turn. */
export class RowApplier {
  readonly counts: TableCounts = noCounts();
  private readonly rows = new Map<bigint, ConvertedRow>();
  private readonly rejected = new Map<bigint, RejectedRow>();
  private readonly gone = new Set<bigint>();
  /** Rows that have to make room before others can go, and come back, or not, afterwards. */
  private readonly outFirst = new Set<bigint>();
  private readonly target: string;
  private readonly key: string;

  constructor(
    private readonly client: Client,
    readonly followed: FollowedTable,
    private readonly mode: ApplyMode,
    /** Rows from quarantine that are tried again: what is refused stays there as it is. */
    private readonly isRetry: boolean,
  ) {
    const { table } = followed;
    this.target = targetName(table);
    this.key = quoteName(table.source.key);
  }

  /** Keys that are not among the rows are gone. */
  add(keys: readonly bigint[], rows: readonly ExactRow[]): void {
    for (const row of rows) {
      if (isRejected(row)) this.rejected.set(row.key, row);
      else this.rows.set(row.key, row);
    }
    for (const key of keys) if (!this.rows.has(key) && !this.rejected.has(key) && !this.isRetry) this.gone.add(key);
  }

  has(key: bigint): boolean {
    return this.rows.has(key) || this.rejected.has(key) || this.gone.has(key);
  }

  leaveFirst(keys: readonly bigint[]): void {
    for (const key of keys) this.outFirst.add(key);
  }

  /** What is set aside; after `putIn` also what PostgreSQL refused. */
  get refused(): ReadonlyMap<bigint, RejectedRow> {
    return this.rejected;
  }

  get greatestKey(): bigint {
    return [...this.rows.keys(), ...this.rejected.keys(), ...this.gone].reduce(
      (top, key) => (key > top ? key : top),
      0n,
    );
  }

  /** Deleted rows that stay as history leave the list of those that go. Before anything else of the table. */
  async keepHistory({ keep, days }: HistoryPolicy): Promise<void> {
    const { name, retention } = this.followed.table;
    if (this.gone.size === 0) return;
    const isOld =
      keep === 'all' ? 'true'
      : keep === 'retention' && retention ? `${quoteName(retention.column)} < now() - make_interval(days => $3)`
      : null; // prettier-ignore
    const values = [name, texts(this.gone), ...(isOld?.includes('$3') ? [days ?? retention?.days] : [])];
    if (isOld) {
      const { rowCount } = await this.client.query(
        `INSERT INTO migration_kept (table_name, row_key) SELECT $1, ${this.key} FROM ${this.target}
          WHERE ${this.key} = ANY($2::bigint[]) AND ${isOld} ON CONFLICT DO NOTHING`,
        values,
      );
      this.counts.kept += rowCount ?? 0;
      this.counts.copiedBy -= rowCount ?? 0;
    }
    const { rows } = await this.client.query<{ key: string }>(
      'SELECT row_key::text AS key FROM migration_kept WHERE table_name = $1 AND row_key = ANY($2::bigint[])',
      [name, texts(this.gone)],
    );
    for (const { key } of rows) this.gone.delete(BigInt(key));
  }

  /**
   * The keys of a child's rows that refer to a row of this table which goes or gets another value there: they have to go
   * before it, and come back if they still can. In `careful` mode all that refer to a row of the batch. From here on nobody
   * adds another one: the API's would be found by the delete of its parent, which nothing makes good any more.
   */
  async dependents(child: LegacyTable): Promise<bigint[]> {
    const reference = child.references.find(({ table }) => table === this.followed.table.name);
    if (!reference || child.target.kind !== 'postgres') return [];
    const at = this.followed.exact.columns.indexOf(reference.parentColumn);
    const column = quoteName(reference.parentColumn);
    const keys = texts([...this.rows.keys(), ...this.rejected.keys(), ...this.gone]);
    const own = `SELECT 1 FROM ${this.target} WHERE ${this.key} = ANY($1::bigint[]) ORDER BY ${this.key} FOR UPDATE`;
    await this.client.query(`SELECT count(*) FROM (${own}) AS locked`, [keys]); // Beside who has added one and not committed it, it waits.
    const { rows } = await this.client.query<{ key: string }>(
      `SELECT c.${quoteName(child.source.key)}::text AS key
         FROM ${this.target} p JOIN ${quoteName(child.target.table)} c ON c.${quoteName(reference.column)} = p.${column}
         LEFT JOIN unnest($1::bigint[], $2::text[]) AS n(key, value) ON n.key = p.${this.key}
        WHERE p.${this.key} = ANY($3::bigint[]) AND ($4 OR n.value IS DISTINCT FROM p.${column}::text)`,
      [
        texts(this.rows.keys()), [...this.rows.values()].map(({ values }) => values[at] ?? null),
        keys, this.mode === 'careful',
      ], // prettier-ignore
    );
    return rows.map(({ key }) => BigInt(key));
  }

  /** What is gone, what is bad now, and what has to make room. */
  async takeOut(): Promise<void> {
    const lasting = [...this.gone, ...(this.isRetry ? [] : this.rejected.keys())];
    const all = new Set([...lasting, ...this.outFirst, ...(this.mode === 'careful' ? this.rows.keys() : [])]);
    if (all.size === 0) return;
    const { rows } = await this.client.query<{ key: string }>(
      `DELETE FROM ${this.target} WHERE ${this.key} = ANY($1::bigint[]) RETURNING ${this.key}::text AS key`,
      [texts(all)],
    );
    this.counts.copiedBy -= rows.length;
    const stay = new Set(lasting);
    this.counts.deleted += rows.filter(({ key }) => stay.has(BigInt(key))).length;
  }

  async putIn(): Promise<void> {
    if (this.rows.size === 0) return;
    const rows = [...this.rows.values()];
    if (this.mode === 'quick') await this.upsert(rows);
    else await this.upsertHalves(rows);
  }

  /** Quarantine, originals and history of the rows; after `putIn`, which may have found more that are refused. */
  async settle(): Promise<void> {
    const { name } = this.followed.table;
    const kept = [...this.rows.keys()];
    const all = this.isRetry ? kept : [...kept, ...this.rejected.keys(), ...this.gone];
    if (all.length > 0) {
      const { rows } = await this.client.query<{ mended: string; back: string }>({
        name: 'sluice-follow-settle',
        text: `WITH mended AS (UPDATE migration_quarantine SET replayed_at = now() WHERE table_name = $1
                 AND row_key = ANY($2::text[]) AND replayed_at IS NULL AND reason_code <> ALL($3::text[]) RETURNING 1),
               forgotten AS (DELETE FROM migration_originals WHERE table_name = $1 AND row_key = ANY($2::text[]) RETURNING 1),
               back AS (DELETE FROM migration_kept WHERE table_name = $1 AND row_key = ANY($4::bigint[]) RETURNING 1)
             SELECT (SELECT count(*) FROM mended) AS mended, (SELECT count(*) FROM back) AS back,
               (SELECT count(*) FROM forgotten) AS forgotten`,
        values: [name, texts(all), Object.values(SALVAGE_CODES), texts(kept)],
      });
      this.counts.quarantinedBy -= Number(rows[0]?.mended ?? 0);
      this.counts.copiedBy += Number(rows[0]?.back ?? 0);
    }
    if (!this.isRetry && this.rejected.size > 0) {
      await putAside(this.client, name, [...this.rejected.values()]);
      this.counts.quarantined += this.rejected.size;
      this.counts.quarantinedBy += this.rejected.size;
    }
    await keepOriginals(this.client, name, [...this.rows.values()]);
  }

  private async upsert(rows: readonly ConvertedRow[]): Promise<void> {
    const { columns } = this.followed.exact;
    const { rows: answer } = await this.client.query<{ written: string; inserted: string }>({
      name: `sluice-upsert ${this.followed.table.name}`.slice(0, 60),
      text: `WITH written AS (${upsertSql(this.followed.table, columns)})
        SELECT count(*) AS written, count(*) FILTER (WHERE inserted) AS inserted FROM written`,
      values: columns.map((_, at) => rows.map(({ values }) => values[at] ?? null)),
    });
    this.counts.written += Number(answer[0]?.written ?? 0);
    this.counts.copiedBy += Number(answer[0]?.inserted ?? 0);
  }

  private async upsertHalves(rows: readonly ConvertedRow[]): Promise<void> {
    await this.client.query('SAVEPOINT rows');
    const before = { ...this.counts };
    try {
      await this.upsert(rows);
      await this.client.query('RELEASE SAVEPOINT rows');
    } catch (error) {
      if (classify(error) !== 'data') throw error;
      await this.client.query('ROLLBACK TO SAVEPOINT rows; RELEASE SAVEPOINT rows');
      Object.assign(this.counts, before);
      const [only] = rows;
      if (rows.length > 1 || !only) {
        const middle = Math.ceil(rows.length / 2);
        await this.upsertHalves(rows.slice(0, middle));
        return this.upsertHalves(rows.slice(middle));
      }
      this.rows.delete(only.key);
      this.rejected.set(only.key, { key: only.key, ...dataReason(error), evidence: only.evidence() });
    }
  }
}

/**
 * SQL that inserts or changes rows, behind another part of the statement where one is named, each column an array of texts among the parameters from `first` on, and tells of each row
 * that it wrote whether it was inserted. Rows that are already as they should be are left alone: what is applied again costs
 * no write.
 */
export function upsertSql(table: LegacyTable, names: readonly string[], first = 1, after?: string): string {
  const { source, columns } = table;
  const types = names.map((name) => targetType(columns[name]!));
  const places = names.map((_, at) => `$${at + first}::text[]`);
  const others = names.filter((name) => name !== source.key);
  const exact = (side: string, name: string): string => proven(`${side}.${quoteName(name)}`, columns[name]!);
  return `INSERT INTO ${targetName(table)} AS t (${names.map(quoteName).join(', ')})
    SELECT ${names.map((_, at) => `c${at}::${types[at]}`).join(', ')}
      FROM unnest(${places.join(', ')}) AS r(${names.map((_, at) => `c${at}`).join(', ')})${after === undefined ? '' : ` WHERE (SELECT count(*) FROM ${after}) >= 0`}
    ON CONFLICT (${quoteName(source.key)}) DO UPDATE SET ${others.map((name) => `${quoteName(name)} = excluded.${quoteName(name)}`).join(', ')}
     WHERE (${others.map((name) => exact('t', name)).join(', ')}) IS DISTINCT FROM (${others.map((name) => exact('excluded', name)).join(', ')})
    RETURNING (xmax = 0) AS inserted`;
}

const texts = (keys: Iterable<bigint>): string[] => Array.from(keys, String);
