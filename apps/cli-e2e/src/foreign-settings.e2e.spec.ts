import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { freshDatabase, tempDir, until, type FreshDatabase, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report } from './sluice';
import { imprint, query } from './target';

/** What an administrator may have given a role, each of it legal and none of it made for a migration. */
const NASTY = {
  lock_timeout: '50',
  statement_timeout: '50',
  idle_session_timeout: '1000',
  idle_in_transaction_session_timeout: '1000',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  session_replication_role: 'replica',
  standard_conforming_strings: 'off',
  synchronous_commit: 'off',
  search_path: 'decoy',
  DateStyle: 'German, DMY',
  TimeZone: 'Asia/Kathmandu',
  client_encoding: 'LATIN1',
  extra_float_digits: '-15',
  bytea_output: 'escape',
  exit_on_error: 'on',
};

let dir: TempDir;
let database: FreshDatabase;
let role: string;
beforeEach(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
  role = `nasty_${randomUUID().slice(0, 8)}`;
});
afterEach(async () => {
  await query(database.url, `DROP ROLE IF EXISTS ${role}`);
  await Promise.all([dir.remove(), database.drop()]);
});

/** The address of a role with these settings, in a database in which its search path leads to other tables. */
async function roleWith(settings: Readonly<Record<string, string>>): Promise<string> {
  await query(
    database.url,
    'CREATE SCHEMA decoy; CREATE TABLE decoy.llm_requests (); CREATE TABLE decoy.migration_tables ()',
  );
  await query(database.url, `CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD 'nasty'`);
  for (const [name, value] of Object.entries(settings)) {
    await query(database.url, `ALTER ROLE ${role} SET ${name} = '${value}'`);
  }
  return Object.assign(new URL(database.url), { username: role, password: 'nasty' }).href;
}

it.each([
  [0, false],
  [4, true],
])('what a role has set changes nothing of a migration that ends with %d', async (code, hazards) => {
  const legacy = path.join(dir.path, 'legacy');
  makeSampleTree({ dir: legacy, seed: 11, rows: 2_000, hazards, files: false });
  const plain = await freshDatabase();
  expect(await sluice(['migrate'], { database: plain.url, legacy })).toMatchObject({ code });
  const wanted = await imprint(plain.url);
  await plain.drop();
  const servers = { database: await roleWith(NASTY), legacy };
  const migrated = await sluiceJson<Report>(['migrate'], servers);
  expect({ code: migrated.code, error: migrated.document.error }).toEqual({ code, error: undefined });
  expect(await imprint(database.url)).toEqual(wanted);
  expect(await sluiceJson<Report>(['verify'], servers)).toMatchObject({ code, document: { exitCode: code } });
});

it('a statement that an administrator cancels ends the run, and the next one goes on', async () => {
  const legacy = path.join(dir.path, 'legacy');
  makeSampleTree({ dir: legacy, seed: 11, rows: 0, tables: { llm_requests: 500 }, hazards: false, files: false });
  const only = ['--only', 'llm_requests'];
  await query(
    database.url,
    `CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NULL; END';
     CREATE TRIGGER pause BEFORE INSERT ON llm_requests EXECUTE FUNCTION pause()`,
  );
  const run = sluiceJson<Report>(['migrate', ...only], { database: database.url, legacy });
  await cancelSleeper();
  const { code, document } = await run;
  expect({ code, error: document.error }).toMatchObject({ code: 6, error: { code: 'POSTGRES_STATEMENT_CANCELLED' } });
  await query(database.url, 'DROP FUNCTION pause CASCADE');
  expect(await sluice(['migrate', ...only], { database: database.url, legacy })).toMatchObject({ code: 0 });
});

const cancelSleeper = (): Promise<unknown> =>
  until(async () => {
    const cancelled = await query(
      database.url,
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
    );
    return cancelled.length > 0;
  });
