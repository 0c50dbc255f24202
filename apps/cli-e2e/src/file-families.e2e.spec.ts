import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  freshDatabase,
  freshRedis,
  run,
  tempDir,
  type RunOptions,
  type FreshDatabase,
  type FreshRedis,
  type TempDir,
} from '@sluice/testing';
import { makeNastyFiles, makeSampleTree } from '@sluice/trading-legacy';
import { folderImprint } from './folder-imprint';
import { program, sluice, sluiceJson, type Quarantine, type Report } from './sluice';
import { query } from './target';

let dir: TempDir;
let legacy: string;
let work: string;
let database: FreshDatabase;
let redis: FreshRedis;
beforeEach(async () => {
  [dir, database, redis] = await Promise.all([tempDir(), freshDatabase(), freshRedis()]);
  [legacy, work] = [path.join(dir.path, 'legacy'), path.join(dir.path, 'tmp')];
  mkdirSync(work);
});
afterEach(async () => {
  await Promise.all([database.drop(), redis.flush(), dir.remove()]);
});
/** With variables that the other tests do not need. */
const sluiceWith = (env: Record<string, string>, args: readonly string[], options: RunOptions = {}) => {
  const places = { DATABASE_URL: database.url, REDIS_URL: redis.url, LEGACY_DIR: legacy };
  return run(process.execPath, [program, ...args], { ...options, env: { ...places, ...env } });
};
const servers = () => ({ database: database.url, redis: redis.url, legacy });

it('a run that is killed between staging and load leaves neither rows nor files, and the next one completes', async () => {
  makeNastyFiles({ dir: legacy });
  const files = folderImprint(legacy);
  let pid = 0;
  // The first sign of a copy comes when everything is staged and checked.
  const killed = await sluiceWith({ TMPDIR: work }, ['migrate', '--progress', 'json', '--range-bytes', '1'], {
    onStart: (started) => (pid = started),
    onOutput: (_stdout, stderr) => {
      if (stderr.includes('"phase"')) process.kill(pid, 'SIGKILL');
    },
  });
  expect(killed.signal).toBe('SIGKILL');
  expect(readdirSync(work).filter((name) => name.startsWith('sluice-'))).toEqual([]);
  expect(folderImprint(legacy)).toBe(files);
  const { code, document } = await sluiceJson<Report>(['migrate'], servers());
  expect(code).toBe(4);
  const done = document.tables.filter(({ verification }) => verification !== null);
  expect(done.map(({ table, verification }) => [table, verification?.clean])).toEqual(
    ['memory_analyses', 'memory_preferences', 'ohlc_files', 'global_scores', 'general_cache_files'].map((name) => [
      name,
      true,
    ]),
  );
  expect(folderImprint(legacy)).toBe(files);
});

it('shows a broken line as the legacy file has it, and replays it when it was mended', async () => {
  makeSampleTree({ dir: legacy, seed: 7, rows: 0, hazards: true, nowMs: Date.now() });
  expect((await sluice(['migrate', '--only', 'memory_analyses'], servers())).code).toBe(4);
  const { document } = await sluiceJson<Quarantine>(['quarantine', 'list'], servers());
  expect(document).toMatchObject([{ code: 'FILE', reason: 'ends before its JSON does' }]);
  const shown = await sluice(['quarantine', 'show', document[0]?.id ?? ''], servers());
  expect(shown.stdout).toContain('analyses_RELIANCE.jsonl');
  expect(shown.stdout).toContain('{"symbol": "RELIANCE", "agent_ty');
  const file = path.join(legacy, 'cache/memory/analyses_RELIANCE.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [...lines.slice(0, 12), lines[0], ''].join('\n'));
  const replayed = await sluice(['quarantine', 'replay', '--only', 'memory_analyses'], servers());
  expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringContaining('loaded')]);
  expect((await sluice(['verify', '--only', 'memory_analyses'], servers())).code).toBe(0);
  const [row] = await query<{ n: string }>(database.url, 'SELECT count(*) AS n FROM memory_analyses');
  expect(row?.n).toBe('49');
});

it('reads times without a zone as it is told', async () => {
  makeSampleTree({ dir: legacy, seed: 7, rows: 0, hazards: false, nowMs: Date.now() });
  const inspect = (zone: string) => sluiceWith({ LEGACY_ZONE: zone }, ['inspect', '--only', 'ohlc_files']);
  expect((await inspect('')).stdout).toContain('cached_at has no zone and is read as Asia/Kolkata (LEGACY_ZONE)');
  expect((await inspect('UTC')).stdout).toContain('is read as UTC');
  expect(await inspect('Mars')).toMatchObject({ code: 2, stderr: expect.stringContaining('LEGACY_ZONE') });
});
