import type { Client } from 'pg';
import { noteDivergences, type NewDivergence } from '../domains/divergences';
import { isTwoWay, winnerIn } from '../domains/domain';
import type { TableDomain } from '../domains/table-domains';
import { isRejected, type ConvertedRow, type ExactRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';
import { proven, targetType } from '../run/target-shape';
import { readTargetRows } from '../write-back/target-rows';
import type { FollowedTable } from './followed-table';
import { forgetRows, queueRows } from './outbox';
import type { ReadChanges } from './position';
import { rowTexts, unlessRefused } from './row-texts';

/**
 * How the keys of a batch were found: `logged`, the legacy program wrote those rows; `compared`, their whole table is
 * compared because nothing vouches for it, so that a row which PostgreSQL has yet to send tells nothing of the file's.
 */
export type FoundBy = 'logged' | 'compared';

/** A writer that holds one of our rows may itself wait for us: we give way before PostgreSQL would end one of the two. */
const LOCK_MS = 800;

type ReadRows = (followed: FollowedTable, keys: readonly bigint[]) => Promise<readonly ExactRow[]>;
type ReadLogged = (followed: FollowedTable, keys: readonly bigint[]) => Promise<ReadonlySet<bigint>>;

/**
 * Decides, in the transaction of a batch, over rows that both sides have changed. First the batch's rows are locked, then, in
 * a statement of its own that sees what was committed until then, it is asked which of them are queued for the file: a writer
 * that was before us has its entry there, one that comes after us waits, and its write comes after ours. In the other order
 * a write that is committed between the look and our own would be overwritten by an older state, and nobody would know.
 *
 * The loser is kept as a divergence. Where the file wins its row is applied and what was queued is forgotten; where
 * PostgreSQL wins the row is left out, and what is queued overwrites the file.
 */
export class Conflicts {
  private readonly uniques = new Map<string, readonly (readonly string[])[]>();

  constructor(
    private readonly readRows: ReadRows,
    private readonly readLogged: ReadLogged,
  ) {}

  async decide(
    client: Client,
    changes: readonly ReadChanges[],
    domains: ReadonlyMap<string, TableDomain>,
    foundBy: FoundBy,
  ): Promise<readonly ReadChanges[]> {
    const known = domainOf(domains);
    const both = changes.filter(({ followed }) => known(followed) !== null);
    const queued = await lockThenLook(client, both.map(({ followed, keys }) => ({ table: followed.table, keys }))); // prettier-ignore
    const decided: ReadChanges[] = [];
    for (const change of changes) {
      const domain = known(change.followed);
      const keys = queued.get(change.followed.table.name) ?? NONE;
      const some = domain && foundBy === 'compared' ? await this.unvouched(client, change, domain, keys) : change;
      const one = domain && keys.size > 0 ? await this.byKey(client, some, domain, keys, foundBy) : some;
      decided.push(domain ? await this.byUnique(client, one, domain) : one);
    }
    return decided;
  }

  /** Rows of other tables that have to go with the batch, and are not in the file: what PostgreSQL has of them is kept. */
  async giveUp(client: Client, { table }: FollowedTable, domain: TableDomain, keys: readonly bigint[]): Promise<void> {
    const rows = await readTargetRows(client, table, keys);
    await noteDivergences(
      client,
      keys.map((key) => ({
        ...{ domain: domain.name, table: table.name, key, kind: 'conflict' as const, winner: 'legacy' as const },
        ...{ legacyRow: null, targetRow: rows.get(key)?.values ?? null },
      })),
    );
    await forgetRows(client, table.name, keys);
  }

  private async byKey(
    client: Client,
    change: ReadChanges,
    domain: TableDomain,
    queued: ReadonlySet<bigint>,
    foundBy: FoundBy,
  ): Promise<ReadChanges> {
    const { followed, keys, rows } = change;
    const both = keys.filter((key) => queued.has(key));
    const ofFile = new Map(rows.map((row) => [row.key, row]));
    const ofTarget = await readTargetRows(client, followed.table, both);
    const rowsOfBoth = both.flatMap((key) => ofFile.get(key) ?? []);
    const equal = await unlessRefused(client, NONE, () => equalKeys(client, followed, rowsOfBoth));
    const unequal = both.filter((key) => !equal.has(key) && (ofFile.has(key) || ofTarget.has(key)));
    const winner = foundBy === 'compared' ? 'target' : winnerIn(domain.mode);
    const shown = await this.shown(client, followed, unequal.flatMap((key) => ofFile.get(key) ?? [])); // prettier-ignore
    await noteDivergences(
      client,
      unequal
        .filter((key) => foundBy === 'logged' || ofFile.has(key))
        .map((key): NewDivergence => ({
          ...{ domain: domain.name, table: followed.table.name, key, kind: 'conflict', winner },
          ...{ legacyRow: shown.get(key) ?? null, targetRow: ofTarget.get(key)?.values ?? null },
        })),
    );
    if (winner === 'target') return without(change, new Set(unequal));
    await forgetRows(client, followed.table.name, unequal);
    return change;
  }

  /**
   * The file may be an older state than what was carried into it. A row that it has otherwise is taken as it is there, and what
   * PostgreSQL had is kept; one that it lacks is carried into it again, unless its log tells of it, or it may have gone by its age.
   */
  private async unvouched(
    client: Client,
    change: ReadChanges,
    { name: domain }: TableDomain,
    queued: ReadonlySet<bigint>,
  ): Promise<ReadChanges> {
    const { followed, keys, rows } = change;
    const { table } = followed;
    const equal = await equalOf(client, followed, rows);
    const ofTarget = await readTargetRows(client, table, keys.filter((key) => !equal.has(key) && !queued.has(key))); // prettier-ignore
    const history = await historyOf(client, table, [...ofTarget.keys()]);
    const ofFile = await this.shown(client, followed, rows.filter(({ key }) => ofTarget.has(key))); // prettier-ignore
    const absent = [...ofTarget.keys()].filter((key) => !ofFile.has(key) && !history.has(key));
    const deleted = absent.length > 0 ? await this.readLogged(followed, absent) : NONE;
    const lacking = absent.filter((key) => !deleted.has(key));
    await noteDivergences(
      client,
      [...ofFile.keys(), ...lacking].map((key): NewDivergence => ({
        ...{ domain, table: table.name, key, kind: 'conflict', winner: ofFile.has(key) ? 'legacy' : 'target' },
        ...{ legacyRow: ofFile.get(key) ?? null, targetRow: ofTarget.get(key)!.values },
      })),
    );
    await queueRows(client, lacking.map((key) => ({ table: table.name, key }))); // prettier-ignore
    return without(change, new Set(lacking));
  }

  /** Two rows of different keys that want the same unique values, of which PostgreSQL's has yet to reach the file. */
  private async byUnique(client: Client, change: ReadChanges, domain: TableDomain): Promise<ReadChanges> {
    const { followed } = change;
    let left = change;
    for (const columns of await this.uniquesOf(client, followed.table)) {
      const rows = left.rows.filter((row): row is ConvertedRow => !isRejected(row));
      const pairs = await unlessRefused(client, [], () => inTheWay(client, followed, columns, rows, left.keys));
      if (pairs.length === 0) continue;
      const winner = winnerIn(domain.mode);
      const wanted = new Set(pairs.map(({ legacy }) => legacy));
      const shown = await this.shown(client, followed, rows.filter(({ key }) => wanted.has(key))); // prettier-ignore
      const ofTarget = await readTargetRows(client, followed.table, pairs.map(({ target }) => target)); // prettier-ignore
      await noteDivergences(
        client,
        pairs.map(({ legacy, target }): NewDivergence => ({
          ...{ domain: domain.name, table: followed.table.name, kind: 'conflict', winner },
          key: winner === 'legacy' ? target : legacy,
          ...{ legacyRow: shown.get(legacy) ?? null, targetRow: ofTarget.get(target)?.values ?? null },
        })),
      );
      left = winner === 'legacy' ? await this.giveWay(client, left, pairs) : await keepOut(client, left, pairs);
    }
    return left;
  }

  /** PostgreSQL's row is again what the file has of it, mostly nothing. */
  private async giveWay(client: Client, change: ReadChanges, pairs: readonly Pair[]): Promise<ReadChanges> {
    const others = [...new Set(pairs.map(({ target }) => target))];
    await forgetRows(client, change.followed.table.name, others);
    const rows = await this.readRows(change.followed, others);
    return { ...change, keys: [...change.keys, ...others], rows: [...change.rows, ...rows] };
  }

  private shown(
    client: Client,
    { table, exact }: FollowedTable,
    rows: readonly ExactRow[],
  ): ReturnType<typeof rowTexts> {
    return rowTexts(client, table, exact.columns, rows);
  }

  private async uniquesOf(client: Client, table: LegacyTable): Promise<readonly (readonly string[])[]> {
    const known = this.uniques.get(table.name) ?? (await uniqueColumns(client, table));
    this.uniques.set(table.name, known);
    return known;
  }
}

const NONE: ReadonlySet<bigint> = new Set();

const domainOf =
  (domains: ReadonlyMap<string, TableDomain>) =>
  ({ table }: FollowedTable): TableDomain | null => {
    const domain = domains.get(table.name);
    return domain && isTwoWay(domain.mode) && table.target.kind === 'postgres' ? domain : null;
  };

/** Locks the rows with these keys in the order of the tables and keys; gives those that are queued for the file. */
export async function lockThenLook(
  client: Client,
  wanted: readonly { readonly table: LegacyTable; readonly keys: readonly bigint[] }[],
): Promise<Map<string, Set<bigint>>> {
  const some = wanted.filter(({ keys }) => keys.length > 0);
  if (some.length === 0) return new Map();
  const locks = some.map(({ table, keys }) => {
    const key = quoteName(table.source.key);
    return `SELECT count(*) FROM (SELECT 1 FROM ${targetName(table)} WHERE ${key} = ANY('{${keys.join()}}'::bigint[])
      ORDER BY ${key} FOR NO KEY UPDATE) AS locked`;
  });
  await client.query([`SET LOCAL lock_timeout = ${LOCK_MS}`, ...locks].join(';\n'));
  const { rows } = await client.query<{ table: string; key: string }>(
    `SELECT DISTINCT o.table_name AS "table", o.row_key::text AS key
       FROM unnest($1::text[], $2::bigint[]) AS w(name, key) JOIN migration_outbox o ON o.table_name = w.name AND o.row_key = w.key`,
    [some.flatMap(({ table, keys }) => keys.map(() => table.name)), some.flatMap(({ keys }) => keys.map(String))],
  );
  const queued = new Map<string, Set<bigint>>();
  for (const { table, key } of rows) queued.set(table, (queued.get(table) ?? new Set()).add(BigInt(key)));
  return queued;
}

function without(change: ReadChanges, keys: ReadonlySet<bigint>): ReadChanges {
  return {
    ...change,
    keys: change.keys.filter((key) => !keys.has(key)),
    rows: change.rows.filter(({ key }) => !keys.has(key)),
  };
}

/** What the file has under these keys has to become what PostgreSQL has under them, mostly nothing. */
async function keepOut(client: Client, change: ReadChanges, pairs: readonly Pair[]): Promise<ReadChanges> {
  const keys = new Set(pairs.map(({ legacy }) => legacy));
  const table = change.followed.table.name;
  await queueRows(client, [...keys].map((key) => ({ table, key }))); // prettier-ignore
  return without(change, keys);
}

/** Of these rows of the file those that PostgreSQL holds just so. */
async function equalKeys(
  client: Client,
  { table, exact }: FollowedTable,
  rows: readonly ExactRow[],
): Promise<Set<bigint>> {
  const good = rows.filter((row): row is ConvertedRow => !isRejected(row));
  if (good.length === 0) return new Set();
  const { columns } = exact;
  const same = columns.map((name, at) => {
    const conversion = table.columns[name]!;
    const [ours, theirs] = [`t.${quoteName(name)}`, `r.c${at}::${targetType(conversion)}`].map((one) => proven(one, conversion)); // prettier-ignore
    return `${ours} ${name === table.source.key ? '=' : 'IS NOT DISTINCT FROM'} ${theirs}`;
  });
  const { rows: equal } = await client.query<{ key: string }>(
    `SELECT t.${quoteName(table.source.key)}::text AS key
       FROM unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(', ')}) AS r(${columns.map((_, at) => `c${at}`).join(', ')})
       JOIN ${targetName(table)} t ON ${same.join(' AND ')}`,
    columns.map((_, at) => good.map(({ values }) => values[at] ?? null)),
  );
  return new Set(equal.map(({ key }) => BigInt(key)));
}

/** As `equalKeys`, also where PostgreSQL refuses a value of one of them. */
export async function equalOf(
  client: Client,
  followed: FollowedTable,
  rows: readonly ExactRow[],
): Promise<Set<bigint>> {
  const all = await unlessRefused(client, null, () => equalKeys(client, followed, rows));
  if (all) return all;
  const equal = new Set<bigint>();
  for (const row of rows)
    for (const key of await unlessRefused(client, NONE, () => equalKeys(client, followed, [row]))) equal.add(key);
  return equal;
}

/** Of these keys those of rows that the legacy program has deleted, or will have, because of their age. */
export async function historyOf(client: Client, table: LegacyTable, keys: readonly bigint[]): Promise<Set<bigint>> {
  const { retention } = table;
  const key = quoteName(table.source.key);
  const old = retention ? `${quoteName(retention.column)} < now() - make_interval(days => ${retention.days})` : 'false';
  const { rows } = await client.query<{ key: string }>(
    `SELECT ${key}::text AS key FROM ${targetName(table)} t WHERE ${key} = ANY($2::bigint[]) AND (${old}
       OR EXISTS (SELECT 1 FROM migration_kept k WHERE k.table_name = $1 AND k.row_key = t.${key}))`,
    [table.name, keys.map(String)],
  );
  return new Set(rows.map((row) => BigInt(row.key)));
}

interface Pair {
  /** The key of the file's row, and of PostgreSQL's with the same unique values. */
  readonly legacy: bigint;
  readonly target: bigint;
}

/** A row of PostgreSQL that is in the batch itself is about to make room, or to become what the file has. */
async function inTheWay(
  client: Client,
  { table, exact }: FollowedTable,
  columns: readonly string[],
  rows: readonly ConvertedRow[],
  batch: readonly bigint[],
): Promise<Pair[]> {
  if (rows.length === 0) return [];
  const at = columns.map((column) => exact.columns.indexOf(column));
  const key = `t.${quoteName(table.source.key)}`;
  const same = columns.map((column, i) => `t.${quoteName(column)} = r.c${i}::${targetType(table.columns[column]!)}`);
  const { rows: found } = await client.query<{ legacy: string; target: string }>(
    `SELECT r.key::text AS legacy, ${key}::text AS target
       FROM unnest($3::bigint[], ${columns.map((_, i) => `$${i + 4}::text[]`).join(', ')}) AS r(key, ${columns.map((_, i) => `c${i}`).join(', ')})
       JOIN ${targetName(table)} t ON ${same.join(' AND ')} AND ${key} <> r.key
      WHERE ${key} <> ALL($2::bigint[])
        AND EXISTS (SELECT 1 FROM migration_outbox o WHERE o.table_name = $1 AND o.row_key = ${key})
        FOR NO KEY UPDATE OF t`,
    [
      table.name,
      batch.map(String),
      rows.map((row) => row.key.toString()),
      ...at.map((i) => rows.map(({ values }) => values[i] ?? null)),
    ],
  );
  return found.map(({ legacy, target }) => ({ legacy: BigInt(legacy), target: BigInt(target) }));
}

/** Of each unique index beside the key's own. */
async function uniqueColumns(client: Client, table: LegacyTable): Promise<string[][]> {
  const { rows } = await client.query<{ columns: string[] }>(
    `SELECT array_agg(a.attname::text ORDER BY k.at) AS columns
       FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, at), pg_attribute a
      WHERE i.indrelid = to_regclass($1) AND i.indisunique AND NOT i.indisprimary AND i.indpred IS NULL AND i.indexprs IS NULL
        AND a.attrelid = i.indrelid AND a.attnum = k.number GROUP BY i.indexrelid ORDER BY i.indexrelid`,
    [targetName(table)],
  );
  return rows.map(({ columns }) => columns).filter((columns) => columns.every((column) => column in table.columns));
}
