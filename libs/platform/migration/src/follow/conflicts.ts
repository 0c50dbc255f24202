import type { Client } from 'pg';
import { noteDivergences, type NewDivergence } from '../domains/divergences';
import { isTwoWay, winnerIn } from '../domains/domain';
import type { TableDomain } from '../domains/table-domains';
import { isRejected, type ConvertedRow, type ExactRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';
import { uniqueIndexes } from '../state/unique-indexes';
import { readTargetRows } from '../write-back/target-rows';
import { equalOf, historyOf } from './equal-rows';
import type { FollowedTable, HistoryPolicy, ReadFollowed } from './followed-table';
import { inTheWay, type Pair } from './in-the-way';
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
    private readonly readRows: ReadFollowed,
    private readonly readLogged: ReadLogged,
    private readonly policy: HistoryPolicy,
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
    const equal = await equalOf(client, followed, rowsOfBoth);
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
    const history = await historyOf(client, table, [...ofTarget.keys()], this.policy);
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
    const known = this.uniques.get(table.name);
    if (known) return known;
    // Where an index is of some rows alone PostgreSQL itself refuses one of the two, which is set aside.
    const whole = (await uniqueIndexes(client, table))
      .filter(({ isPartial }) => !isPartial)
      .map(({ columns }) => columns);
    const mapped = whole.filter((columns) => columns.every((column) => column in table.columns));
    this.uniques.set(table.name, mapped);
    return mapped;
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

/**
 * What the file has under these keys has to become what PostgreSQL has under them, mostly nothing. PostgreSQL's rows are queued
 * with them: the file may have refused them, and they were given up, for the very value that is free now.
 */
async function keepOut(client: Client, change: ReadChanges, pairs: readonly Pair[]): Promise<ReadChanges> {
  const keys = new Set(pairs.map(({ legacy }) => legacy));
  const table = change.followed.table.name;
  const others = pairs.map(({ target }) => target);
  await queueRows(client, [...new Set([...keys, ...others])].map((key) => ({ table, key }))); // prettier-ignore
  return without(change, keys);
}
