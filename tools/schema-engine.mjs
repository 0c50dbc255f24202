#!/usr/bin/env node
// Stand-in for Prisma's native `schema-engine` binary (PRISMA_SCHEMA_ENGINE_BINARY). Same line-delimited JSON-RPC on
// stdio, but answered by Prisma's own WebAssembly build of the engine through @prisma/adapter-pg: nothing to download.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
const args = process.argv.slice(2);
const values = (flag) => args.flatMap((a, i) => (a === flag ? [args[i + 1]] : []));
const { url, shadowDatabaseUrl } = JSON.parse(values('--datasource')[0] ?? '{}');

const { default: pg } = await import('pg');
const { parse } = require('pg-connection-string');
/** Discrete fields, not `connectionString`: in pg a connectionString wins over `database`, so the adapter's shadow database would silently be the real one. */
function config(connectionUrl) {
  const { schema, connection_limit, pool_timeout, pgbouncer, ...rest } = parse(connectionUrl);
  return { config: { ...rest, port: Number(rest.port ?? 5432) }, schema };
}
/** pg_catalog uses the one-byte type "char" (oid 18), which adapter-pg refuses; the engine wants it as a Character column. */
function withCharColumns(adapter) {
  const { performIO, queryRaw } = adapter;
  let chars = [];
  adapter.performIO = async (query) => {
    const result = await performIO.call(adapter, query);
    chars = (result.fields ?? []).flatMap((field, i) => (field.dataTypeID === 18 ? [i] : []));
    for (const i of chars) result.fields[i].dataTypeID = 25;
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw.call(adapter, query);
    for (const i of chars)
      if (result.rows.every((row) => row[i] === null || row[i].length === 1))
        result.columnTypes[i] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}

const cli = args.indexOf('cli');
if (cli >= 0) {
  const codes = {
    '3D000': 'P1003',
    '28P01': 'P1000',
    28000: 'P1000',
    ECONNREFUSED: 'P1001',
    ENOTFOUND: 'P1001',
    ETIMEDOUT: 'P1001',
  };
  const { config: target } = config(url);
  const command = args[cli + 1];
  const client = new pg.Client(command === 'can-connect-to-database' ? target : { ...target, database: 'postgres' });
  try {
    await client.connect();
    if (command === 'create-database')
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(target.database)}`);
    if (command === 'drop-database')
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(target.database)}`);
    process.exit(0);
  } catch (error) {
    const fields = {
      error_code: codes[error.code] ?? 'P1010',
      message: error.message || `Can't reach database server at ${target.host}:${target.port}`,
    };
    process.stderr.write(
      `schema-engine\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}\n`,
      () => process.exit(1),
    );
    await new Promise(() => {});
  }
}

const bg = await import('@prisma/schema-engine-wasm/schema_engine_bg');
const wasm = readFileSync(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm'));
const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bg });
let panic;
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message: (message) => {
    panic = message;
  },
};
bg.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const { PrismaPg } = await import('@prisma/adapter-pg');
const { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } = await import('@prisma/driver-adapter-utils');

async function givenShadow() {
  const shadow = config(shadowDatabaseUrl);
  const adapter = withCharColumns(await new PrismaPg(shadow.config, { schema: shadow.schema }).connect());
  await adapter.executeScript(
    `DROP SCHEMA IF EXISTS "${shadow.schema ?? 'public'}" CASCADE; CREATE SCHEMA "${shadow.schema ?? 'public'}"`,
  );
  return adapter;
}
/** The adapter's own version drops the database before it closes the connections to it, which PostgreSQL refuses. */
const shadows = new Set();
async function newShadow(target, schema) {
  const name = `prisma_migrate_shadow_db_${randomUUID()}`;
  const admin = new pg.Client(target);
  await admin.connect();
  await admin.query(`CREATE DATABASE "${name}"`);
  const adapter = withCharColumns(await new PrismaPg({ ...target, database: name }, { schema }).connect());
  const close = adapter.dispose.bind(adapter);
  adapter.dispose = async () => {
    if (!shadows.delete(adapter)) return;
    await close();
    await admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    await admin.end();
  };
  shadows.add(adapter);
  return adapter;
}
let engine;
async function start() {
  const datamodels = values('--datamodels').map((file) => [file, readFileSync(file, 'utf8')]);
  const { config: target, schema } = config(url ?? 'postgresql://localhost/none');
  const factory = new PrismaPg(target, { schema });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => withCharColumns(await connect());
  factory.connectToShadowDb = () => (shadowDatabaseUrl ? givenShadow() : newShadow(target, schema));
  return bg.SchemaEngine.new(
    datamodels.length ? { datamodels } : {},
    () => {},
    bindMigrationAwareSqlAdapterFactory(factory),
  );
}
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const { id, method, params } = JSON.parse(line);
  if (!method) continue; // the CLI acknowledging our `print`
  try {
    engine ??= await start();
    const input = Array.isArray(params) ? params[0] : params;
    // These two read the migration history's schema from a cache that only `devDiagnostic` can fill from a shadow database.
    if (method === 'evaluateDataLoss' || method === 'createMigration')
      await engine.devDiagnostic({ migrationsList: input.migrationsList, filters: input.filters });
    const result = await engine[method](input);
    if (result?.stdout) send({ id: 1e6 + id, method: 'print', params: { content: result.stdout } });
    send({ id, result: result ?? null });
  } catch (error) {
    const message = panic ?? error?.message ?? String(error);
    send({
      id,
      error: {
        code: error?.code ?? 4466,
        message,
        data: { is_panic: false, message, error_code: error?.error_code, ...error?.data },
      },
    });
  }
  for (const shadow of shadows) await shadow.dispose().catch(() => {});
}
process.exit(0);
