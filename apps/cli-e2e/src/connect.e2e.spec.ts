import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { freshDatabase, startRedis, tempDir, type FreshDatabase, type OwnRedis, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report } from './sluice';
import { query } from './target';

let dir: TempDir;
let database: FreshDatabase;
let legacy: string;
let role: string;
const only = ['--only', 'llm_requests'];

beforeAll(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
  legacy = path.join(dir.path, 'legacy');
  // More than one range is compared, so that the proof needs its second connection, too.
  makeSampleTree({ dir: legacy, seed: 3, rows: 4_000, hazards: false, files: false });
  role = `desk_${randomUUID().replaceAll('-', '')}`;
  await query(
    database.url,
    `CREATE ROLE ${role} NOLOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role};
     GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${role}`,
  );
});
afterAll(async () => {
  await query(database.url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
  await Promise.all([dir.remove(), database.drop()]);
});

/** The test's database with parts of its address changed. */
function addressWith(parts: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'host' | 'search'>>): string {
  return Object.assign(new URL(database.url), parts).href;
}

/** `db migrate` is not among them where a database is missing: it makes one. */
const readers = ['migrate', 'verify', 'quarantine list', 'quarantine replay', 'report', 'db status'];

describe('what PostgreSQL says at the door', () => {
  it.each([
    [
      'a database that does not exist',
      { pathname: '/no_such_database' },
      2,
      'POSTGRES_LOGIN_REFUSED',
      'no_such_database',
    ],
    [
      'a role that does not exist',
      { username: 'nobody_here', password: 'hunter2' },
      2,
      'POSTGRES_LOGIN_REFUSED',
      'nobody_here',
    ],
    [
      'a host that nobody knows',
      { host: 'no-such-host.invalid:5432', password: 'hunter2' },
      6,
      'POSTGRES_UNAVAILABLE',
      '',
    ],
  ])('%s', async (_what, parts, exitCode, errorCode, named) => {
    const commands = 'pathname' in parts ? readers : [...readers, 'db migrate'];
    for (const command of commands) {
      const args = command.split(' ');
      const { code, document, stderr } = await sluiceJson<Report>(args, { database: addressWith(parts), legacy });
      expect({ args, code, error: document.error?.code }).toEqual({ args, code: exitCode, error: errorCode });
      expect(document.error?.message).toContain(named);
      expect(stderr).not.toContain('hunter2');
      expect(stderr).not.toMatch(/prisma/i);
    }
  });

  it('a socket that is not there', async () => {
    const socket = `postgresql:///x?host=${dir.path}`;
    const { code, document } = await sluiceJson<Report>(['report'], { database: socket });
    expect({ code, error: document.error?.code }).toEqual({ code: 6, error: 'POSTGRES_UNAVAILABLE' });
  });

  it('an address that names a certificate which is not there', async () => {
    const url = addressWith({ search: '?sslmode=verify-full&sslrootcert=/no/such/ca.pem' });
    for (const command of ['migrate', 'db migrate', 'db status', 'keys list']) {
      const { code, document } = await sluiceJson<Report>(command.split(' '), { database: url, legacy });
      expect({ command, code, error: document.error?.code }).toEqual({ command, code: 2, error: 'POSTGRES_ADDRESS_UNUSABLE' }); // prettier-ignore
    }
  });

  it('a role that may not log in', async () => {
    const { code, stderr } = await sluice(['migrate'], { database: addressWith({ username: role }), legacy });
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_URL');
  });
});

it('refuses a role without the privileges before it writes, and names them', async () => {
  await query(database.url, `ALTER ROLE ${role} LOGIN; REVOKE INSERT ON llm_requests FROM ${role}`);
  const { code, document } = await sluiceJson<Report>(['migrate', ...only], {
    database: addressWith({ username: role }),
    legacy,
  });
  expect({ code, error: document.error?.code }).toEqual({ code: 3, error: 'POSTGRES_PRIVILEGE_MISSING' });
  expect(document.error?.message).toContain('INSERT on llm_requests');
  expect(await query(database.url, 'SELECT 1 FROM migration_runs')).toEqual([]);
  await query(database.url, `REVOKE SELECT ON migration_quarantine FROM ${role}`);
  const listed = await sluiceJson<Report>(['quarantine', 'list'], { database: addressWith({ username: role }) });
  expect({ code: listed.code, error: listed.document.error?.code }).toEqual({
    code: 3,
    error: 'POSTGRES_PRIVILEGE_MISSING',
  });
  await query(database.url, `GRANT ALL ON llm_requests, migration_quarantine TO ${role}`);
});

it.each([1, 2, 3])('ends with 6 where the role has %d connections, and goes on when it has more', async (limit) => {
  const own = await freshDatabase();
  await query(
    own.url,
    `ALTER ROLE ${role} LOGIN CONNECTION LIMIT ${limit}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role};
     GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${role}`,
  );
  const url = Object.assign(new URL(own.url), { username: role }).href;
  const { code, document } = await sluiceJson<Report>(['migrate', ...only], { database: url, legacy });
  expect({ code, error: document.error?.code }).toEqual({ code: 6, error: 'POSTGRES_BUSY' });
  await query(own.url, `ALTER ROLE ${role} CONNECTION LIMIT -1`);
  const again = await sluiceJson<Report>(['migrate', ...only], { database: url, legacy });
  expect(again).toMatchObject({ code: 0, document: { tables: [{ verification: { clean: true } }] } });
  await query(own.url, `DROP OWNED BY ${role}`);
  await own.drop();
});

it('refuses a schema in which the tables would not be made, before it makes them elsewhere', async () => {
  const empty = await freshDatabase({ migrated: false });
  const url = new URL(empty.url);
  url.searchParams.set('schema', 'app');
  const { code, document } = await sluiceJson<Report>(['db', 'migrate'], { database: url.href });
  expect({ code, error: document.error?.code }).toEqual({ code: 2, error: 'DB_SCHEMA_REFUSED' });
  expect(document.error?.message).toContain('the schema app');
  expect(await query(empty.url, `SELECT 1 FROM pg_tables WHERE schemaname IN ('app', 'public')`)).toEqual([]);
  url.searchParams.set('schema', 'public');
  expect((await sluiceJson<Report>(['db', 'migrate'], { database: url.href })).code).toBe(0);
  await empty.drop();
});

it.each(['LATIN1', 'SQL_ASCII'])('refuses a database in %s before it writes to it', async (encoding) => {
  const name = `encoded_${randomUUID().replaceAll('-', '')}`;
  await query(database.url, `CREATE DATABASE ${name} ENCODING '${encoding}' LOCALE 'C' TEMPLATE template0`);
  const url = addressWith({ pathname: `/${name}` });
  for (const command of ['db migrate', 'migrate', 'verify']) {
    const { code, document } = await sluiceJson<Report>(command.split(' '), { database: url, legacy });
    expect({ command, code, error: document.error?.code }).toEqual({ command, code: 3, error: 'MIGRATION_TARGET_ENCODING' }); // prettier-ignore
    expect(document.error?.message).toContain(encoding);
  }
  expect(await query(url, `SELECT 1 FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
  const { code, document } = await sluiceJson<readonly { check: string; text: string }[]>(['doctor'], {
    database: url,
  });
  expect({ code, text: document.find(({ check }) => check === 'postgres')?.text }).toMatchObject({
    code: 3,
    text: expect.stringContaining(encoding),
  });
  await query(database.url, `DROP DATABASE ${name}`);
});

it('says that the role may not make the database that is missing', async () => {
  await query(database.url, `ALTER ROLE ${role} LOGIN`);
  const url = addressWith({ username: role, pathname: '/no_such_database' });
  const { code, document } = await sluiceJson<Report>(['db', 'migrate'], { database: url });
  expect({ code, error: document.error?.code }).toEqual({ code: 3, error: 'DB_MIGRATE_FAILED' });
  expect(document.error?.message).toContain('permission denied to create database');
});

describe('what Redis says at the door', () => {
  let redis: OwnRedis;
  beforeAll(async () => {
    redis = await startRedis({ settings: { requirepass: 'the-right-one' } });
  });
  afterAll(() => redis.stop());

  it.each([
    ['no password', ''],
    ['a wrong password', ':hunter2@'],
  ])('%s is a wrong setting', async (_what, login) => {
    const url = redis.url.replace('redis://', `redis://${login}`);
    for (const command of ['migrate', 'doctor']) {
      const { code, stderr, stdout } = await sluice([command], { database: database.url, redis: url, legacy });
      expect({ command, code }).toEqual({ command, code: 2 });
      expect(stdout + stderr).toContain('REDIS_URL');
      expect(stdout + stderr).not.toContain('hunter2');
    }
  });

  it('a database number that it has not is a wrong setting', async () => {
    const url = `${redis.url.replace('redis://', 'redis://:the-right-one@')}/60000`;
    const { code, stderr } = await sluice(['migrate'], { database: database.url, redis: url, legacy });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('REDIS_URL') });
  });
});
