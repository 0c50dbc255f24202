import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import {
  freshDatabase,
  startPostgres,
  startTransfers,
  tempDir,
  type FreshDatabase,
  type TempDir,
} from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report } from './sluice';
import { imprint, query } from './target';

/** Slow enough to be met in the middle of the copy. */
const slowly = ['--progress', 'json', '--range-bytes', '30000', '--max-rate', '4000'];
const onlyLlm = ['--only', 'llm_requests'];

let dir: TempDir;
let legacy: string;
let database: FreshDatabase;

beforeAll(async () => {
  dir = await tempDir();
  legacy = path.join(dir.path, 'legacy');
  makeSampleTree({ dir: legacy, seed: 5, rows: 0, tables: { llm_requests: 6_000 }, hazards: false, files: false });
});
afterAll(() => dir.remove());
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

/** Calls once when the copy has told of its third range. */
function inTheMiddle(action: () => void): (stdout: string, stderr: string) => void {
  let done = false;
  return (_stdout, stderr) => {
    if (done || stderr.split('"type":"progress","phase":"copy"').length < 4) return;
    done = true;
    action();
  };
}

async function finished(url: string): Promise<void> {
  const { code, document } = await sluiceJson<Report>(['migrate', ...onlyLlm], { database: url, legacy });
  expect(code).toBe(0);
  expect(document.tables[0]).toMatchObject({ rowsTarget: 6_000, verification: { clean: true } });
}

describe('a signal', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('%s stops it with a valid checkpoint and code %d', async (signal, expected) => {
    let pid = 0;
    const ended = await sluice(['migrate', ...onlyLlm, ...slowly], {
      database: database.url,
      legacy,
      onStart: (started) => (pid = started),
      onOutput: inTheMiddle(() => process.kill(pid, signal)),
    });
    // Who dies of a signal has no code; a shell makes 129 of SIGHUP.
    expect(ended.code ?? (ended.signal === 'SIGHUP' ? 129 : null)).toBe(expected);
    expect(ended.stderr).toContain('MIGRATION_INTERRUPTED');
    const [row] = await query<{ done: string; open: string }>(
      database.url,
      'SELECT count(done_at) AS done, count(*) - count(done_at) AS open FROM migration_ranges',
    );
    expect(Number(row?.done)).toBeGreaterThan(0);
    expect(Number(row?.open)).toBeGreaterThan(0);
    await finished(database.url);
  });
});

it('refuses a second migrator and names the first', async () => {
  let pid = 0;
  let second: ReturnType<typeof sluiceJson<Report>> | undefined;
  // The first is held up until the second has ended, however long that takes to start.
  const first = await sluice(['migrate', ...onlyLlm, ...slowly, '--max-rate', '300'], {
    database: database.url,
    legacy,
    onStart: (started) => (pid = started),
    onOutput: inTheMiddle(() => {
      second = sluiceJson<Report>(['migrate', ...onlyLlm], { database: database.url, legacy });
      void second.finally(() => process.kill(pid, 'SIGTERM'));
    }),
  });
  expect(first.code).toBe(143);
  const refused = await second;
  expect(refused?.code).toBe(3);
  expect(refused?.document.error?.message).toMatch(/sluice migrate \S+ pid \d+/);
});

it('goes on by itself when PostgreSQL restarts in the middle of the copy', async () => {
  const server = await startPostgres({ settings: { fsync: 'on' } });
  let restarted: Promise<void> | undefined;
  try {
    const { code, stderr } = await sluice(['migrate', ...onlyLlm, ...slowly], {
      database: server.url,
      legacy,
      onOutput: inTheMiddle(() => (restarted = server.kill().then(() => server.restart()))),
    });
    await restarted;
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const [row] = await query<{ rows: string; ids: string }>(
      server.url,
      'SELECT count(*) AS rows, count(DISTINCT id) AS ids FROM llm_requests',
    );
    expect(row).toEqual({ rows: '6000', ids: '6000' });
  } finally {
    await server.stop();
  }
});

it('stops when the legacy file is replaced under it, and refuses to mix the two', async () => {
  const tree = path.join(dir.path, 'replaced');
  const file = path.join(tree, 'cache/llm_costs.db');
  mkdirSync(path.dirname(file), { recursive: true });
  copyFileSync(path.join(legacy, 'cache/llm_costs.db'), file);
  const { code, stderr } = await sluice(['migrate', ...onlyLlm, ...slowly], {
    database: database.url,
    legacy: tree,
    onOutput: inTheMiddle(() => {
      makeSampleTree({
        dir: path.join(dir.path, 'other'),
        seed: 6,
        rows: 0,
        tables: { llm_requests: 6_000 },
        hazards: false,
        files: false,
      });
      renameSync(path.join(dir.path, 'other/cache/llm_costs.db'), file);
    }),
  });
  expect(code).toBe(3);
  expect(stderr).toContain('replaced');
  const again = await sluiceJson<Report>(['migrate', ...onlyLlm], { database: database.url, legacy: tree });
  expect(again.code).toBe(3);
  expect(again.document.error?.message).toContain('has changed');
});

it('says that a truncated file is unreadable before it writes anything', async () => {
  const tree = path.join(dir.path, 'truncated');
  const file = path.join(tree, 'cache/llm_costs.db');
  mkdirSync(path.dirname(file), { recursive: true });
  const whole = readFileSync(path.join(legacy, 'cache/llm_costs.db'));
  writeFileSync(file, whole.subarray(0, whole.length - 8192));
  const before = await imprint(database.url);
  const { code, document } = await sluiceJson<Report>(['migrate', ...onlyLlm], {
    database: database.url,
    legacy: tree,
  });
  expect(code).toBe(3);
  expect(document.error?.message).toContain('llm_costs.db');
  expect(await imprint(database.url)).toEqual(before);
});

it('refuses a corrupt page before it writes anything, also to the tables of the files that are whole', async () => {
  const tree = path.join(dir.path, 'corrupt');
  makeSampleTree({ dir: tree, seed: 7, rows: 0, tables: { llm_requests: 500, agent_analyses: 500 }, hazards: false, files: false }); // prettier-ignore
  const file = path.join(tree, 'cache/context.db');
  const bytes = readFileSync(file);
  bytes.fill(0xff, 30 * 4096, 31 * 4096);
  writeFileSync(file, bytes);
  const before = await imprint(database.url);
  const { code, document } = await sluiceJson<Report>(['migrate'], { database: database.url, legacy: tree });
  expect(code).toBe(3);
  expect(document.error?.code).toBe('LEGACY_CORRUPT');
  expect(document.error?.message).toMatch(/context\.db is corrupt: its quick check says "Tree \d+ page 31: /);
  expect(await imprint(database.url)).toEqual(before);
});

it('lets a writer in rollback mode commit all the time, and copies one moment of what it writes', async () => {
  const tree = path.join(dir.path, 'rollback');
  const file = path.join(tree, 'cache/llm_costs.db');
  mkdirSync(path.dirname(file), { recursive: true });
  copyFileSync(path.join(legacy, 'cache/llm_costs.db'), file);
  const setUp = new DatabaseSync(file);
  setUp.exec('UPDATE llm_requests SET tokens_input = 1000');
  setUp.close();
  const writer = startTransfers(file, { table: 'llm_requests', column: 'tokens_input' }, 300);
  try {
    await writer.more(1);
    const migrating = sluiceJson<Report>(['migrate', ...onlyLlm, ...slowly], { database: database.url, legacy: tree });
    await writer.more(100);
    const { code, document } = await migrating;
    await writer.more(1);
    expect(code).toBe(0);
    expect(document.tables[0]).toMatchObject({ rowsTarget: 6_000, verification: { clean: true } });
  } finally {
    expect(await writer.stop()).toEqual([]);
  }
  const [row] = await query<{ tokens: string; moved: boolean }>(
    database.url,
    'SELECT sum(tokens_input)::text AS tokens, max(tokens_input) > 1000 AS moved FROM llm_requests',
  );
  expect(row).toEqual({ tokens: '6000000', moved: true });
});

it('waits for a writer that holds the lock, and reads one snapshot while writers go on in WAL mode', async () => {
  const tree = path.join(dir.path, 'wal');
  const file = path.join(tree, 'cache/llm_costs.db');
  mkdirSync(path.dirname(file), { recursive: true });
  copyFileSync(path.join(legacy, 'cache/llm_costs.db'), file);
  const writer = new DatabaseSync(file);
  writer.exec('PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0');
  writer.exec(`INSERT INTO llm_requests (model) VALUES ('in the log before')`);
  try {
    const { code, stdout } = await sluice(['migrate', ...onlyLlm, ...slowly, '--json'], {
      database: database.url,
      legacy: tree,
      onOutput: inTheMiddle(() => writer.exec(`INSERT INTO llm_requests (model) VALUES ('after the snapshot')`)),
    });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Report).tables[0]).toMatchObject({ rowsSource: 6_001, rowsTarget: 6_001 });
    const verified = await sluiceJson<Report>(['verify', ...onlyLlm], { database: database.url, legacy: tree });
    expect(verified.code).toBe(5);
    expect(verified.document.tables[0]?.verification?.found).toMatchObject([{ rowKey: '6002', kind: 'missing' }]);
  } finally {
    writer.close();
  }
});
