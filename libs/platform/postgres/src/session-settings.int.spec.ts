import { randomUUID } from 'node:crypto';
import { connectedClient, freshDatabase, type FreshDatabase } from '@sluice/testing';
import { BatchedReads, BatchPool } from './batched-reads';
import { Prisma } from './generated/client';
import { Postgres } from './postgres';

/** Each of it legal for an administrator to give a role, and none of it made for what the API answers. */
const ODD = {
  DateStyle: 'German, DMY',
  TimeZone: 'Asia/Kathmandu',
  extra_float_digits: '-15',
  bytea_output: 'escape',
  search_path: 'decoy',
  default_transaction_isolation: 'serializable',
  lock_timeout: '50',
  statement_timeout: '50',
  synchronous_commit: 'off',
};

let database: FreshDatabase;
let postgres: Postgres;
let batches: BatchPool;
const role = `odd_${randomUUID().replaceAll('-', '')}`;

beforeAll(async () => {
  database = await freshDatabase();
  await asAdministrator(
    'CREATE SCHEMA decoy; CREATE TABLE decoy.agent_learnings ()',
    `CREATE ROLE ${role} LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`,
    ...Object.entries(ODD).map(([name, value]) => `ALTER ROLE ${role} SET ${name} = '${value}'`),
    `INSERT INTO agent_learnings (agent_type, pattern_recognized, accuracy, sample_size, last_updated)
     VALUES ('exit', 'gap', 0.5761912395246327, 381, '2026-01-13 10:14:55.823445+00')`,
  );
  // What the address says of a session counts no more than what the role says.
  const url = Object.assign(new URL(database.url), { username: role, search: '?statement_timeout=60' }).href;
  postgres = new Postgres({ url, statementTimeoutMs: 5_000 });
  batches = new BatchPool({ url });
});
afterAll(async () => {
  await Promise.all([postgres.close(), batches.close()]);
  await asAdministrator(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`);
  await database.drop();
});

async function asAdministrator(...statements: readonly string[]): Promise<void> {
  const client = await connectedClient(database.url);
  for (const statement of statements) await client.query(statement);
  await client.end();
}

const learning = { accuracy: 0.5761912395246327, at: '2026-01-13T10:14:55.823445+00:00' };
const asJson = `SELECT json_build_object('accuracy', accuracy, 'at', last_updated)::text AS text FROM agent_learnings`;

it('what a role has set changes nothing of what is read', async () => {
  const [row] = await postgres.rows<{ text: string }>(Prisma.raw(asJson));
  expect(JSON.parse(row?.text ?? '')).toEqual(learning);
  const sql = `SELECT 1 AS at, (${asJson}) AS text FROM unnest($1::text[])`;
  const text = await new BatchedReads(batches, { name: 'learning', sql, parts: 1 }).read(['any']);
  expect(JSON.parse(text ?? '')).toEqual(learning);
});

it('nor how long a statement may take, or when a write is on disk', async () => {
  await postgres.rows(Prisma.sql`SELECT pg_sleep(0.2)::text`);
  const [row] = await postgres.rows(
    Prisma.sql`SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
                 current_setting('transaction_isolation') AS isolation, current_setting('synchronous_commit') AS commit`,
  );
  expect(row).toEqual({ statement: '5s', lock: '0', isolation: 'read committed', commit: 'on' });
});

it('leaves alone a way of committing that is durable', async () => {
  await asAdministrator(`ALTER ROLE ${role} SET synchronous_commit = 'remote_apply'`);
  const url = Object.assign(new URL(database.url), { username: role }).href;
  const other = new Postgres({ url });
  const [row] = await other.rows(Prisma.sql`SELECT current_setting('synchronous_commit') AS commit`);
  await other.close();
  expect(row).toEqual({ commit: 'remote_apply' });
});

it('says of an address at once that it cannot be used', () => {
  const url = `${database.url}?sslmode=verify-full&sslrootcert=/no/such/ca.pem`;
  const unusable = expect.objectContaining({ code: 'POSTGRES_ADDRESS_UNUSABLE', kind: 'usage' });
  expect(() => new Postgres({ url })).toThrow(unusable);
});
