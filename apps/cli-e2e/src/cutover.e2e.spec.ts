import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { startPostgres, tempDir, until, type OwnPostgres, type RunResult, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { program, sluice, sluiceJson } from './sluice';
import { query } from './target';

interface Status {
  readonly domain: string;
  readonly mode: string | null;
  readonly next: { readonly gates: readonly { readonly gate: string; readonly passed: boolean; readonly remedy: string | null }[] } | null; // prettier-ignore
}

let dir: TempDir;
let postgres: OwnPostgres;
let legacy: string;
let tmp: string;
const usual = process.env['TMPDIR'];
let follower: ChildProcess;

/** One way of a domain, step after step: each test goes on where the one before it ended. */
beforeAll(async () => {
  const durable = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };
  [dir, postgres] = await Promise.all([tempDir(), startPostgres({ settings: durable })]);
  legacy = path.join(dir.path, 'legacy');
  // Others rehearse on this machine, too.
  process.env['TMPDIR'] = tmp = path.join(dir.path, 'tmp');
  mkdirSync(tmp);
  makeSampleTree({ dir: legacy, seed: 3, rows: 300, hazards: true, files: false });
  expect((await run('follow', 'install', '--yes')).code).toBe(0);
});
afterAll(async () => {
  if (usual === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usual;
  follower?.kill('SIGKILL');
  await postgres.stop();
  await dir.remove();
});

const run = (...args: string[]): Promise<RunResult> => sluice(args, { database: postgres.url, legacy });
const by = ['--by', 'Anna Rao', '--reason', 'a test'];
const step = (...args: string[]): Promise<RunResult> => run('cutover', ...args, '--domain', 'runs', ...by, '--yes');

/** The gates that are shut before the next step of the runs. */
async function shutGates(): Promise<string[]> {
  const { code, document } = await sluiceJson<Status[]>(['cutover', 'status', '--domain', 'runs'], {
    database: postgres.url,
  });
  const gates = document[0]?.next?.gates.filter(({ passed }) => !passed) ?? [];
  expect([code, gates.every(({ remedy }) => remedy !== null)]).toEqual([gates.length > 0 ? 3 : 0, true]);
  return gates.map(({ gate }) => gate);
}

const inFile = (sql: string): unknown[] => {
  const db = new DatabaseSync(path.join(legacy, 'cache/top_picks_runs.db'), { timeout: 5000 });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
};
const write = (sql: string): Promise<object[]> => query(postgres.url, sql);

it('says what is missing, step by step, and goes on where nothing is', async () => {
  expect(await shutGates()).toEqual(['copy', 'verification']);
  expect((await step('advance', '--to', 'legacy')).code).toBe(3);
  expect((await run('migrate', '--progress', 'none')).code).toBe(4);
  expect((await step('advance', '--to', 'legacy')).stdout).toBe('runs went: no mode → legacy.\n');
  expect((await step('advance', '--to', 'legacy')).stdout).toBe('runs is in legacy already.\n');
  await expect(write("UPDATE top_picks_runs SET trigger = 'x'")).rejects.toThrow('the domain runs is in mode legacy');
  expect(await shutGates()).toEqual(['backup', 'follow']);
});

it('opens its gates by what they say', async () => {
  follower = spawn(process.execPath, [program, 'follow'], { env: { ...process.env, DATABASE_URL: postgres.url, LEGACY_DIR: legacy }, stdio: 'ignore' }); // prettier-ignore
  expect((await run('quarantine', 'review', '--all', ...by)).stdout).toMatch(/^\d+ rows reviewed by Anna Rao\.$/m);
  const backups = path.join(dir.path, 'backups');
  expect((await run('backup', 'create', '--to', backups)).code).toBe(0);
  expect((await run('backup', 'rehearse', readdirSync(backups)[0]!)).code).toBe(0);
  // A disk that stands still for half a minute shuts no gate of this test.
  const rules = ['followingForSeconds=0', 'caughtUpWithinSeconds=3600', 'outboxMaxAgeSeconds=600'];
  await run('cutover', 'policy', ...rules.flatMap((rule) => ['--set', rule]), ...by);
  const follows = "SELECT 1 FROM migration_follow WHERE table_name = 'top_picks_runs' AND caught_up_at IS NOT NULL";
  await until(async () => (await write(follows)).length > 0);
  expect((await step('advance', '--to', 'dual')).code).toBe(0);
  expect((await step('advance', '--to', 'shadow')).code).toBe(0);
  expect(await shutGates()).toEqual(['shadow-reads', 'rehearsal', 'approval']);
});

it('goes there and back on a copy, of which nothing is left', async () => {
  const { code, stdout, stderr } = await step('rehearse');
  expect([code, stdout]).toEqual([0, 'runs: there and back, with every write. Rehearsed by Anna Rao.\n']);
  expect(stderr.split('\n')).toContain('roll back');
  expect(await write("SELECT datname FROM pg_database WHERE datname LIKE 'sluice_cutover%'")).toEqual([]);
  expect(readdirSync(tmp).filter((name) => name.startsWith('sluice-rehearsal-'))).toEqual([]);
  expect(await shutGates()).toEqual(['shadow-reads', 'approval']);
});

it('notes what somebody agrees to or asks for with all that was named, or none of it, and of no domain unasked', async () => {
  expect((await run('cutover', 'policy', '--set', 'approvals=7', '--set', 'approval=1', ...by)).code).toBe(2);
  expect((await run('cutover', 'policy', '--set', 'approvals=7', '--set', 'shadowReads=few', ...by)).code).toBe(2);
  expect(await write("SELECT 1 FROM migration_cutover_policy WHERE name = 'approvals'")).toEqual([]);
  expect((await run('cutover', 'approve', ...by)).code).toBe(2);
  expect(await write('SELECT 1 FROM migration_approvals')).toEqual([]);
  expect((await run('cutover', 'approve', '--all', ...by)).stdout).toBe(
    'Anna Rao agrees that runs goes on to cutover.\n',
  );
});

it('comes back with every write, though the follower was killed, and not to a file that differs', async () => {
  follower.kill('SIGKILL');
  await once(follower, 'close');
  await write("UPDATE top_picks_runs SET trigger = 'by the API' WHERE id = 5");
  const unseen = "SET session_replication_role = replica; UPDATE top_picks_runs SET trigger = 'unseen' WHERE id = 6";
  const before = await write('SELECT trigger FROM top_picks_runs WHERE id = 6');
  await write(unseen);
  const refused = await step('rollback');
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('top_picks_runs 6 trigger differs')]);
  await write(unseen.replace('unseen', String((before[0] as { trigger: string }).trigger)));
  const { code, stdout } = await step('rollback');
  expect([code, stdout]).toEqual([0, 'runs went back: shadow → legacy.\n']);
  expect(inFile('SELECT trigger FROM top_picks_runs WHERE id = 5')).toEqual([{ trigger: 'by the API' }]);
});

it('gives the evidence of all of it', async () => {
  const { code, stdout } = await run('cutover', 'report');
  expect(code).toBe(0);
  for (const act of ['legacy | dual', 'shadow | legacy', 'Anna Rao']) expect(stdout).toContain(act);
  expect((await run('cutover', 'close', '--domain', 'runs', ...by, '--yes', '--confirm', 'runs')).code).toBe(3);
});

it('says that the end of the audit log was cut off, in the report and wherever somebody looks', async () => {
  expect((await run('cutover', 'status')).stderr).not.toContain('audit');
  await write('DELETE FROM migration_audit WHERE seq > (SELECT max(seq) - 2 FROM migration_audit)');
  const broken = /The audit log is broken at \d+ to \d+: somebody changed what was written\./;
  for (const command of [['cutover', 'status'], ['cutover', 'plan'], ['cutover', 'report'], ['report']]) {
    const { code, stderr } = await run(...command);
    expect([code, stderr]).toEqual([3, expect.stringMatching(broken)]);
  }
  expect((await run('cutover', 'report')).stdout).toMatch(broken);
});
