import { createRequire } from 'node:module';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';

const { parse } = createRequire(import.meta.url)('pg-connection-string');
/** PostgreSQL's one-byte type "char", of which pg_catalog is full. */
const CHAR_OID = 18;
const TEXT_OID = 25;

/**
 * The parts of an address as pg takes them. Not as `connectionString`: in pg that wins over `database`, so that the
 * adapter's shadow database would silently be the real one. Prisma's own parameters mean nothing to pg.
 */
export function readAddress(url) {
  const { schema, connection_limit, pool_timeout, pgbouncer, ...rest } = parse(url);
  return { config: { ...rest, port: Number(rest.port ?? 5432) }, schema };
}

/**
 * Connections that take nothing from what a role, a database or the address has set: with another search path the tables
 * would be made where nobody looks for them, and a limit that suits an application's queries would break off a migration.
 */
export function withOwnSession(config, schema = 'public') {
  const onConnect = async (client) => {
    await client.query('SET statement_timeout = 0');
    await client.query(
      `SELECT set_config('search_path', quote_ident($1), false) UNION ALL
       SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN
         ('lock_timeout', 'idle_session_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`,
      [schema],
    );
  };
  return { ...config, onConnect };
}

/**
 * adapter-pg does not know "char" and refuses it, while the engine wants it as a Character column. (As Text it would pass
 * on PostgreSQL 15 and panic on 18, which keeps NOT NULL constraints in pg_constraint.)
 */
export function withCharColumns(adapter) {
  const { performIO, queryRaw } = adapter;
  let chars = [];
  adapter.performIO = async (query) => {
    const result = await performIO.call(adapter, query);
    chars = (result.fields ?? []).flatMap((field, i) => (field.dataTypeID === CHAR_OID ? [i] : []));
    for (const i of chars) result.fields[i].dataTypeID = TEXT_OID;
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw.call(adapter, query);
    for (const i of chars) {
      const single = result.rows.every((row) => row[i] === null || row[i].length === 1);
      if (single) result.columnTypes[i] = ColumnTypeEnum.Character;
    }
    return result;
  };
  return adapter;
}

/**
 * adapter-pg cuts a script at every `;`, also within the body of a function. PostgreSQL takes it as a whole, and then all of
 * it or nothing.
 */
export function withWholeScripts(adapter) {
  adapter.executeScript = async (script) => {
    try {
      await adapter.client.query(script);
    } catch (error) {
      adapter.onError(error);
    }
  };
  return adapter;
}
