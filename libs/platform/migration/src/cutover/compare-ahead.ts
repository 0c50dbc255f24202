import { changedIntervals, stampsOf, type LegacyDatabase, type TableStamps } from '@sluice/legacy';
import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import { closeSources, openSources } from '../run/open-sources';
import { quarantinedKeys } from '../state/quarantine';
import { listTableStates } from '../state/table-state';
import { verifyTable, type TableVerification } from '../verify';
import type { CompareOptions } from './compare-file';
import { requireSources } from './followed-file';

/** Beyond so many keys or intervals comparing everything is no slower. */
const MOST = { keys: 20_000, intervals: 500 };
/** Keys so near to each other are read at once. */
const NEAR = 200n;
const KEYS = { first: -(2n ** 63n), last: 2n ** 63n - 1n };

/** What was found of a table while everybody could write, and how to tell afterwards which rows it does not speak of. */
export interface ComparedTable {
  /** Of the pages of the very snapshot that was compared. */
  readonly stamps: TableStamps;
  /** No transaction before this one was under way when the comparison began: what it has written was seen, or is gone. */
  readonly since: string;
  readonly originals: number;
  /** Keys of rows that differed then, mostly because they were under way. */
  readonly unequal: readonly bigint[];
}

/** By table; one that is missing has to be compared as a whole. */
export type Ahead = ReadonlyMap<string, ComparedTable>;

/**
 * Compares every row of the domain with its file while everybody writes, so that those who write have to wait only for what
 * changes afterwards. It permits nothing by itself. Throws what opening the files and `verifyTable` throw.
 */
export async function compareAhead(client: Client, domain: Domain, options: CompareOptions): Promise<Ahead> {
  const { known, signal, connectionString } = options;
  const choices = new Map((await listTableStates(client)).map((state) => [state.name, state.choices]));
  const sources = requireSources({ ...options, tables: domain.tables, known });
  const { rows: at } = await client.query<{ since: string }>(
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS since',
  );
  const { since } = at[0]!;
  const opened = await openSources(sources.files, { snapshot: 'auto', signal });
  const ahead = new Map<string, ComparedTable>();
  try {
    for (const { database, tables } of opened) {
      for (const table of tables) {
        const originals = await countOriginals(client, table, null);
        const stamps = stampsOf(database, { table: table.source.table, key: table.source.key });
        const quarantined = await quarantinedKeys(client, table.name);
        const found = await verifyTable({
          ...{ database, table, choices: choices.get(table.name) ?? {}, connectionString, quarantined, signal },
          trustsQuarantine: true,
        });
        const unequal = keysOf(found);
        if (unequal) ahead.set(table.name, { stamps, since, originals, unequal });
      }
    }
  } finally {
    closeSources(opened);
  }
  return ahead;
}

/** What `compareChanged` looks at; nobody may write to the table in PostgreSQL. */
export interface Changed {
  readonly database: LegacyDatabase;
  readonly table: LegacyTable;
  readonly choices: Choices;
  readonly quarantined: ReadonlySet<string>;
  /** Keys that are under way and no difference. */
  readonly underWay: ReadonlySet<string> | null;
}

/**
 * How many rows PostgreSQL has of the table, where all of them are now known to be equal; null where it has to be compared as
 * a whole, be it that something differs. Does not rely on triggers or logs: a row of the file is looked at again where its
 * page is another one than then, one of PostgreSQL where its transaction is a later one, and what was deleted since is missed
 * by the counts of all rows that are not looked at again.
 */
export async function compareChanged(
  client: Client,
  { stamps, since, originals, unequal }: ComparedTable,
  { database, table, choices, quarantined, underWay }: Changed,
  { connectionString, signal }: CompareOptions,
): Promise<bigint | null> {
  const now = stampsOf(database, { table: table.source.table, key: table.source.key });
  const later = await laterKeys(client, table, since);
  if (later.length > MOST.keys || (await countOriginals(client, table, since)) !== originals) return null;
  const intervals = changedIntervals(stamps, now).map(({ after, to }) => ({
    from: after === null ? KEYS.first : after + 1n,
    to: to ?? KEYS.last,
  }));
  const within = merged([...intervals, ...[...later, ...unequal].map((key) => ({ from: key, to: key }))]);
  if (within.length > MOST.intervals) return null;
  const found = await verifyTable({
    ...{ database, table, choices, connectionString, quarantined, signal, within },
    trustsQuarantine: true,
  });
  const differing = keysOf(found);
  if (!differing || differing.some((key) => !underWay?.has(String(key)))) return null;
  const rowsTarget = await countTarget(client, table);
  const [[rowsSource] = []] = database.rows(`SELECT count(*) FROM ${quoteName(table.source.table)}`);
  const others = {
    source: BigInt(rowsSource as bigint) - found.rowsSource,
    target: rowsTarget - found.rowsTarget,
    quarantined: BigInt(quarantined.size) - found.rowsQuarantined,
  };
  return others.source === others.target + others.quarantined ? rowsTarget : null;
}

/** Null where there are more than are named, or one that has no number. */
function keysOf({ differences, found }: TableVerification): bigint[] | null {
  if (differences > BigInt(found.length) || found.some(({ rowKey }) => !/^-?\d+$/.test(rowKey))) return null;
  return [...new Set(found.map(({ rowKey }) => BigInt(rowKey)))];
}

interface Keys {
  readonly from: bigint;
  readonly to: bigint;
}

/** In order and apart; what is near to each other is one. */
function merged(all: readonly Keys[]): Keys[] {
  const result: { from: bigint; to: bigint }[] = [];
  for (const { from, to } of [...all].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = result.at(-1);
    if (!last || from > last.to + NEAR) result.push({ from, to });
    else if (to > last.to) last.to = to;
  }
  return result;
}

/** `age` counts back from now, also past the turn of the 32 bits; what it cannot tell looks young, and is looked at again. */
const YOUNG = `age(xmin) <= age((($1::text::numeric % 4294967296)::text)::xid)`;

/** Keys of rows that were written by a transaction which was not over when `since` was. */
async function laterKeys(client: Client, table: LegacyTable, since: string): Promise<bigint[]> {
  const key = quoteName(table.source.key);
  const { rows: of } = await client.query<{ key: string }>(
    `SELECT ${key}::text AS key FROM ${targetName(table)} WHERE ${YOUNG}
     UNION SELECT row_key FROM migration_originals WHERE table_name = $2 AND row_key ~ '^-?[0-9]+$' AND ${YOUNG} LIMIT $3`,
    [since, table.name, MOST.keys + 1],
  );
  return of.map((row) => BigInt(row.key));
}

/** With `since`: those that were there already. */
async function countOriginals(client: Client, table: LegacyTable, since: string | null): Promise<number> {
  const { rows: of } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM migration_originals WHERE table_name = $2 AND ($1::text IS NULL OR NOT ${YOUNG})`,
    [since, table.name],
  );
  return of[0]!.count;
}

/** Without history. */
async function countTarget(client: Client, table: LegacyTable): Promise<bigint> {
  const { rows: of } = await client.query<{ count: string }>(
    `SELECT count(*) AS count FROM ${targetName(table)} t
      WHERE NOT EXISTS (SELECT 1 FROM migration_kept k WHERE k.table_name = $1 AND k.row_key = t.${quoteName(table.source.key)})`,
    [table.name],
  );
  return BigInt(of[0]!.count);
}
