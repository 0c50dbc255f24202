import type { Client } from 'pg';
import { quoteName } from '../exact/legacy-value';

/** A table as it is saved: its columns but the generated ones, and the order that makes its text the same everywhere. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
  readonly order: string;
  /** Of the relation, an estimate of what is saved. */
  readonly bytes: number;
}

/** All tables of the schema that the session works in, by name. */
export async function listTables(client: Client): Promise<TableShape[]> {
  const { rows } = await client.query<{
    name: string;
    columns: string[];
    key: { name: string; isText: boolean }[] | null;
    bytes: number;
  }>(
    `SELECT c.relname AS name, pg_relation_size(c.oid)::float8 AS bytes,
       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
       (SELECT json_agg(json_build_object('name', a.attname, 'isText', t.typcategory = 'S') ORDER BY k.nth)
          FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, nth)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum JOIN pg_type t ON t.oid = a.atttypid
         WHERE i.indrelid = c.oid AND i.indisprimary) AS key
      FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
      ORDER BY c.relname COLLATE "C"`,
  );
  return rows.map(({ name, columns, key, bytes }) => ({
    name,
    columns: columns ?? [],
    bytes,
    order: orderOf(name, key),
  }));
}

/** Texts by their bytes: another server may compare letters in another way. */
function orderOf(table: string, key: readonly { name: string; isText: boolean }[] | null): string {
  if (!key) return `${quoteName(table)}::text COLLATE "C"`;
  return key.map(({ name, isText }) => `${quoteName(name)}${isText ? ' COLLATE "C"' : ''}`).join(', ');
}

/** The rows of a table in COPY's text format, which every PostgreSQL reads and writes alike. */
export const copyOutSql = ({ name, columns, order }: TableShape): string =>
  `COPY (SELECT ${columns.map(quoteName).join(', ')} FROM ${quoteName(name)} ORDER BY ${order}) TO STDOUT`;

export const copyInSql = (name: string, columns: readonly string[]): string =>
  `COPY ${quoteName(name)} (${columns.map(quoteName).join(', ')}) FROM STDIN`;
