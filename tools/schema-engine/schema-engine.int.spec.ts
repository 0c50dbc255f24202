import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { connectedClient, freshDatabase, run, tempDir, type FreshDatabase } from '@sluice/testing';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';

const root = path.resolve(__dirname, '../..');
const prisma = path.join(root, 'node_modules/prisma/build/index.js');
let database: FreshDatabase;

beforeEach(async () => {
  database = await freshDatabase({ migrated: false });
});
afterEach(() => database.drop());

/** As `npx prisma ...` in the checkout. */
async function runPrisma(args: string[], url = database.url) {
  const env = { DATABASE_URL: url, NO_COLOR: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' };
  const { code, stdout, stderr } = await run(process.execPath, [prisma, ...args], { cwd: root, env });
  return { code, output: `${stdout}\n${stderr}` };
}

async function select(sql: string): Promise<Record<string, unknown>[]> {
  const client = await connectedClient(database.url);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

it('brings an empty database to the schema, once', async () => {
  expect(await runPrisma(['migrate', 'deploy'])).toMatchObject({ code: 0 });
  expect(await select('SELECT count(*)::int AS n FROM llm_requests')).toEqual([{ n: 0 }]);
  const again = await runPrisma(['migrate', 'deploy']);
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining('No pending migrations to apply') });
});

it('makes the tables where they are looked for, whatever the role has set', async () => {
  const role = `odd_${randomUUID().replaceAll('-', '')}`;
  await select(`CREATE SCHEMA decoy; CREATE ROLE ${role} LOGIN SUPERUSER;
    ALTER ROLE ${role} SET search_path = decoy; ALTER ROLE ${role} SET statement_timeout = 20;
    ALTER ROLE ${role} SET lock_timeout = 20; ALTER ROLE ${role} SET idle_session_timeout = 200`);
  const url = Object.assign(new URL(database.url), { username: role }).href;
  expect(await runPrisma(['migrate', 'deploy'], url)).toMatchObject({ code: 0 });
  await select(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP ROLE ${role}`);
  expect(await select(`SELECT FROM pg_tables WHERE schemaname = 'decoy'`)).toEqual([]);
  expect(await select('SELECT count(*)::int AS n FROM public.llm_requests')).toEqual([{ n: 0 }]);
});

it('finds nothing to do in a database that the tests migrated themselves', async () => {
  const own = await freshDatabase();
  const status = await runPrisma(['migrate', 'status'], own.url);
  expect(status).toMatchObject({ code: 0, output: expect.stringContaining('Database schema is up to date') });
  await own.drop();
});

it('finds the migrations from nothing and the schema in agreement', async () => {
  await runPrisma(['migrate', 'deploy']);
  const diff = ['migrate', 'diff', '--exit-code', '--from-config-datasource', '--to-schema', 'prisma'];
  const { code, output } = await runPrisma(diff);
  expect(output).toContain('No difference detected');
  expect(code).toBe(0);
});

it('shows a difference where there is one', async () => {
  await runPrisma(['migrate', 'deploy']);
  await select('ALTER TABLE llm_requests DROP COLUMN model');
  const diff = ['migrate', 'diff', '--exit-code', '--from-config-datasource', '--to-schema', 'prisma', '--script'];
  const { code, output } = await runPrisma(diff);
  expect(output).toContain('ADD COLUMN     "model" TEXT NOT NULL');
  expect(code).toBe(2);
});

it('says P1001 for a server that cannot be reached', async () => {
  const { code, output } = await runPrisma(['migrate', 'deploy'], 'postgresql://postgres@127.0.0.1:1/none');
  expect(code).toBe(1);
  expect(output).toContain('P1001');
});

it('makes a development migration and leaves no shadow database behind', async () => {
  const dir = await tempDir();
  mkdirSync(path.join(dir.path, 'prisma'));
  const [schema, config] = [path.join(dir.path, 'prisma/schema.prisma'), path.join(dir.path, 'prisma.config.ts')];
  writeFileSync(schema, 'datasource db {\n  provider = "postgresql"\n}\nmodel Note {\n  id BigInt @id\n}\n');
  cpSync(path.join(root, 'prisma.config.ts'), config);
  const modules = { NODE_PATH: path.join(root, 'node_modules') };
  const env = { DATABASE_URL: database.url, PRISMA_SCHEMA_ENGINE_BINARY: path.join(root, 'tools/schema-engine.mjs') };
  const made = await run(process.execPath, [prisma, 'migrate', 'dev', '--name', 'first'], {
    cwd: dir.path,
    env: { ...env, ...modules, CHECKPOINT_DISABLE: '1' },
  });
  expect(made.stderr + made.stdout).toContain('Your database is now in sync with your schema');
  expect(await select('SELECT count(*)::int AS n FROM "Note"')).toEqual([{ n: 0 }]);
  expect(await select(`SELECT FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow%'`)).toEqual([]);
  await dir.remove();
});
