import path from 'node:path';
import { startPostgres, tempDir, until, type OwnPostgres, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice } from './sluice';
import { query } from './target';

const ROWS = 40_000;
const only = ['--only', 'llm_requests', '--progress', 'json'];

let dir: TempDir;
let legacy: string;
let server: OwnPostgres;

beforeAll(async () => {
  dir = await tempDir();
  legacy = path.join(dir.path, 'legacy');
  makeSampleTree({ dir: legacy, seed: 5, rows: 0, tables: { llm_requests: ROWS }, hazards: false, files: false });
});
afterAll(() => dir.remove());
beforeEach(async () => {
  server = await startPostgres({ settings: { fsync: 'on' } });
});
afterEach(() => server.stop());

const timesIn = (text: string, part: string): number => text.split(part).length - 1;
const VERIFY_BEGINS = '"type":"phase","phase":"verify"';

/** Migrates, kills the server as soon as `isTime` says so, and `before` is done, and brings it back; gives what the run wrote. */
async function migrateThrough(
  isTime: (stderr: string) => boolean,
  args: readonly string[] = [],
  before = (): Promise<unknown> => Promise.resolve(),
): Promise<string> {
  let restarted: Promise<void> | undefined;
  const crash = async (): Promise<void> => {
    await before();
    await server.kill();
    await server.restart();
  };
  const { code, stderr } = await sluice(['migrate', ...only, ...args], {
    database: server.url,
    legacy,
    onOutput: (_stdout, text) => {
      if (isTime(text)) restarted ??= crash();
    },
  });
  await restarted;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const counts = await query(server.url, 'SELECT count(*) AS rows, count(DISTINCT id) AS ids FROM llm_requests');
  expect(counts).toEqual([{ rows: String(ROWS), ids: String(ROWS) }]);
  return stderr;
}

it('compares a table again when PostgreSQL crashes in the middle of the comparison', async () => {
  const stderr = await migrateThrough((text) => text.includes(VERIFY_BEGINS));
  expect(timesIn(stderr, VERIFY_BEGINS)).toBe(2);
  const proofs = await query(server.url, 'SELECT clean FROM migration_verifications');
  expect(proofs).toEqual([{ clean: true }]);
});

it('ends a copy again when PostgreSQL crashes under its end', async () => {
  // After a crash an unlogged table is empty: nobody lingers the second time.
  await query(
    server.url,
    `CREATE UNLOGGED TABLE lingering AS SELECT 600 AS seconds;
     CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(seconds) FROM lingering; RETURN NEW; END';
     CREATE TRIGGER linger BEFORE UPDATE ON migration_tables FOR EACH ROW WHEN (NEW.status = 'copied')
       EXECUTE FUNCTION linger()`,
  );
  const isCopied = (text: string): boolean => text.includes(`"rows":${ROWS},"done":${ROWS}`);
  const lingers = `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
  const stderr = await migrateThrough(isCopied, [], () =>
    until(async () => (await query(server.url, lingers)).length > 0),
  );
  expect(timesIn(stderr, VERIFY_BEGINS)).toBe(1);
  const indexes = await query(
    server.url,
    `SELECT 1 FROM pg_indexes WHERE tablename = 'llm_requests' AND indexname LIKE '%pkey'`,
  );
  expect(indexes).toHaveLength(1);
});

it('copies again what PostgreSQL had confirmed and forgotten when it crashes behind the last range', async () => {
  // Commits of ranges are not waited for; here nobody else takes them to the disk either.
  await query(server.url, `ALTER SYSTEM SET wal_writer_delay = '10s'`);
  await query(server.url, `ALTER SYSTEM SET wal_writer_flush_after = '1GB'`);
  await server.restart();
  // The rate makes the run wait behind its last range.
  const isTime = (text: string): boolean =>
    text.includes(`"phase":"copy","table":"llm_requests","rows":${ROWS},"done":${ROWS}`);
  const stderr = await migrateThrough(isTime, ['--max-rate', '8000', '--range-bytes', '500000']);
  const ranges = await query(server.url, 'SELECT 1 FROM migration_ranges');
  expect(ranges.length).toBeGreaterThan(2);
  expect(timesIn(stderr, '"type":"progress","phase":"copy"')).toBeGreaterThan(ranges.length);
});
