import type { Client } from 'pg';
import { isTwoWay, MODES, type Mode } from './domain';

/** The domain that a table belongs to, and its mode now. */
export interface TableDomain {
  readonly name: string;
  readonly mode: Mode;
}

/** By the mapping's name; a table without a domain, or with one that has no mode yet, is absent. */
export async function domainsOf(client: Client, tables: readonly string[]): Promise<Map<string, TableDomain>> {
  const { rows } = await client.query<TableDomain & { table: string }>({
    name: 'sluice-table-domains',
    text: `SELECT t AS "table", d.name, d.mode FROM migration_domains d, unnest(d.tables) AS t WHERE t = ANY($1::text[])`,
    values: [tables],
  });
  return new Map(rows.map(({ table, name, mode }) => [table, { name, mode }]));
}

/** Of these domains the tables that are written on both sides. */
export const twoWayTables = (domains: ReadonlyMap<string, TableDomain>): string[] =>
  [...domains].filter(([, { mode }]) => isTwoWay(mode)).map(([table]) => table);

const TWO_WAY = MODES.filter(isTwoWay).map((mode) => `'${mode}'`).join(', '); // prettier-ignore

/**
 * SQL that counts the named tables' domains that are written on both sides; the names are an array parameter. Within a
 * statement that writes their targets it sees the modes that hold until that statement's end, because its snapshot is taken
 * behind the lock that a change of mode waits for.
 */
export const twoWayCount = (names: string): string =>
  `(SELECT count(*) FROM migration_domains m WHERE m.mode IN (${TWO_WAY}) AND m.tables && ${names})`;
