import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase, freshRedis, run, tempDir, type RunResult, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { descendantsOf, runningProcesses, type ProcessLine } from './processes';
import { program, sluice, type Quarantine, type Report, type SluiceOptions } from './sluice';
import { query } from './target';

interface StartDocument {
  readonly api: { readonly url: string } | null;
  readonly report: Report;
}

let dir: TempDir;
let legacy: string;

beforeAll(async () => {
  dir = await tempDir();
  chmodSync(dir.path, 0o755); // Run as root, PostgreSQL has an account of its own, which must come through.
  legacy = path.join(dir.path, 'legacy');
  makeSampleTree({ dir: legacy, seed: 11, rows: 600, hazards: false, files: false });
});
afterAll(() => dir.remove());

const stateDir = (name: string): string => path.join(dir.path, name);
const start = (state: string, options: SluiceOptions = {}, args: readonly string[] = []): Promise<RunResult> =>
  sluice(['start', '--state-dir', stateDir(state), '--port', '0', '--json', ...args], options);

interface Sight {
  readonly pid: number;
  readonly url: string;
  readonly children: readonly ProcessLine[];
}

/** Starts, looks as soon as the pattern appears on standard error, then sends the signal. */
async function startAnd(
  state: string,
  options: SluiceOptions & { at?: RegExp; signal?: NodeJS.Signals; look?: (sight: Sight) => Promise<void> },
): Promise<RunResult & { document: Partial<StartDocument>; left: readonly string[] }> {
  const { at = /Ctrl-C stops everything/, signal = 'SIGINT', look, ...rest } = options;
  let pid = 0;
  let seen: Promise<void> | undefined;
  let children: Sight['children'] = [];
  const result = await start(state, {
    ...rest,
    onStart: (started) => (pid = started),
    onOutput: (_stdout, stderr) => {
      if (seen || !at.test(stderr)) return;
      children = descendantsOf(pid);
      const url = /API: (\S+)/.exec(stderr)?.[1] ?? '';
      seen = Promise.resolve(look?.({ pid, url, children })).finally(() => process.kill(pid, signal));
      seen.catch(() => undefined);
    },
  });
  await seen;
  const ours = runningProcesses().find((one) => one.pid === process.pid)?.session;
  const sessions = new Set(children.map(({ session }) => session).filter((session) => session !== ours));
  const left = runningProcesses().filter(({ session }) => sessions.has(session));
  const document = (result.stdout ? JSON.parse(result.stdout) : {}) as Partial<StartDocument>;
  return { ...result, document, left: left.map(({ command }) => command) };
}

/** Rows that went to PostgreSQL. The Redis that it brings keeps nothing, so caches are filled at every start. */
const loadedRows = (report: Report | undefined): number =>
  report?.tables.filter(({ target }) => target === 'postgres').reduce((sum, { loadedNow }) => sum + loadedNow, 0) ?? -1;

describe('sluice start with nothing given', () => {
  it('brings its servers, makes a sample, serves it, and leaves nothing behind', async () => {
    const { code, document, left, stderr } = await startAnd('own', {
      look: async ({ url, children }) => {
        expect(children.length).toBeGreaterThan(2);
        const ready = await fetch(`${url}/health/ready`);
        expect(ready.status).toBe(200);
        expect(await ready.json()).toMatchObject({ info: { cache: { driver: 'redis' } } });
        await besideIt();
      },
    });
    expect({ code, left, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, left: [], stderr: '' });
    expect(loadedRows(document.report)).toBeGreaterThan(19_000);
    expect(document.report?.exitCode).toBe(4);
    expect(existsSync(path.join(stateDir('own'), 'env'))).toBe(false);
  });

  /** Another command through the file of addresses, and a second start. */
  async function besideIt(): Promise<void> {
    const file = path.join(stateDir('own'), 'env');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^DATABASE_URL='postgresql:[^\n]+\nREDIS_URL='redis:[^\n]+\nLEGACY_DIR='/,
    );
    const listed = await run('sh', ['-c', `set -a; . '${file}'; set +a; node '${program}' quarantine list --json`]);
    expect((JSON.parse(listed.stdout) as Quarantine).length).toBeGreaterThan(0);
    const second = await start('own');
    expect(second.code).toBe(3);
    expect(second.stderr).toMatch(/already runs in .* pid \d+/);
    expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: 'START_ALREADY_RUNNING' } });
  }

  it('goes on with what is there, also after kill -9, and loads nothing twice', async () => {
    const killed = await startAnd('own', { signal: 'SIGKILL' });
    expect(killed.signal).toBe('SIGKILL');
    expect(loadedRows(killed.document.report)).toBe(0);
    const { code, document } = await startAnd('own', {});
    expect(code).toBe(0);
    expect(loadedRows(document.report)).toBe(0);
    expect(document.report?.tables.find(({ table }) => table === 'llm_requests')?.rowsTarget).toBeGreaterThan(8_000);
  });

  it('leaves nothing behind when its terminal is closed, and ends of that', async () => {
    const { code, signal, left, stderr } = await startAnd('own', { signal: 'SIGHUP' });
    expect({ code, signal, left }).toEqual({ code: null, signal: 'SIGHUP', left: [] });
    expect(stderr).toContain('Stopping: requests in flight');
  });

  it('keeps a legacy folder apart from the sample', async () => {
    const { code, document, stderr } = await startAnd('own', { legacy });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stderr).toMatch(/embedded, \S+\/sluice_[0-9a-f]{8}\n/);
    expect(loadedRows(document.report)).toBeGreaterThan(500);
    expect(document.report?.exitCode).toBe(0);
  });
});

describe('sluice start stopped before it serves', () => {
  it.each([
    ['PostgreSQL is up', /\[1\/5\]/, 'SIGINT', 130],
    ['the schema is being brought up to date', /\[2\/5\]/, 'SIGTERM', 143],
    ['the rows are being copied', /\[4\/5\]/, 'SIGINT', 130],
  ] as const)('when %s: nothing is left and the code is true', async (_when, at, signal, expected) => {
    const { code, left, stderr } = await startAnd('stopped', { at, signal, legacy });
    expect({ code, left, stderr: code === expected ? '' : stderr }).toEqual({ code: expected, left: [], stderr: '' });
    expect(stderr).toContain('MIGRATION_INTERRUPTED');
    expect(stderr).not.toContain('[5/5]');
  });
});

describe('sluice start with servers given', () => {
  it('uses them and starts none', async () => {
    const [database, redis] = await Promise.all([freshDatabase({ migrated: false }), freshRedis()]);
    const { code, document } = await startAnd('given', {
      legacy,
      database: database.url,
      redis: redis.url,
      look: async ({ children }) => expect(children).toEqual([]),
    });
    expect(code).toBe(0);
    const [row] = await query<{ rows: string }>(database.url, 'SELECT count(*) AS rows FROM llm_requests');
    const loaded = document.report?.tables.find(({ table }) => table === 'llm_requests')?.rowsTarget;
    expect(Number(row?.rows)).toBe(loaded);
    await database.drop();
  });

  it('keeps caches in the process where there is no redis-server', async () => {
    const database = await freshDatabase();
    const searchPath = path.join(dir.path, 'programs');
    mkdirSync(searchPath);
    symlinkSync(process.execPath, path.join(searchPath, 'node'));
    const { code, stderr, document } = await startAnd('memory', {
      legacy,
      database: database.url,
      searchPath,
      look: async ({ url }) => {
        const levels = await fetch(`${url}/v1/admin/caches/sr/keys`);
        expect(((await levels.json()) as { keys: string[] }).keys.length).toBeGreaterThan(0);
        const file = readFileSync(path.join(stateDir('memory'), 'env'), 'utf8');
        expect(file).toContain(`\nREDIS_URL=''\n`);
        const beside = await run(
          'sh',
          [
            '-c',
            `set -a; . '${path.join(stateDir('memory'), 'env')}'; set +a; '${process.execPath}' '${program}' verify`,
          ],
          { env: { REDIS_URL: 'redis://127.0.0.1:1' } },
        );
        expect({ code: beside.code, stdout: beside.stdout }).toMatchObject({
          code: 0,
          stdout: expect.stringContaining(
            'Not looked at, because no Redis is given (REDIS_URL): support_resistance_levels',
          ),
        });
      },
    });
    expect(code).toBe(0);
    expect(stderr).toContain('caches live in this process');
    expect(stderr).toContain('leave the cache tables alone');
    expect(document.report?.tables.find(({ table }) => table === 'support_resistance_levels')).toMatchObject({
      outcome: 'loaded',
      verification: { clean: true },
    });
    await database.drop();
  });

  it('does not serve what differs, and says so', async () => {
    const database = await freshDatabase();
    await sluice(['migrate'], { legacy, database: database.url });
    await query(database.url, `UPDATE llm_requests SET model = 'changed' WHERE id = 3`);
    const { code, stdout, stderr } = await start('differs', { legacy, database: database.url });
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ api: null, report: { exitCode: 5 } });
    expect(stderr).toContain('The API is not started');
    await database.drop();
  });

  it('serves again what was written through the API, however it differs from the legacy files by then', async () => {
    const database = await freshDatabase();
    const options = { legacy, database: database.url };
    const first = await startAnd('written', {
      ...options,
      look: async ({ url }) => {
        const body = JSON.stringify({ model: 'gpt-4-turbo', tokens_input: 1200, tokens_output: 350 });
        const headers = { 'content-type': 'application/json' };
        expect((await fetch(`${url}/v1/llm-costs/requests`, { method: 'POST', headers, body })).status).toBe(201);
      },
    });
    expect(first.code).toBe(0);
    const again = await startAnd('written', {
      ...options,
      look: async ({ url }) => {
        const { items } = (await (await fetch(`${url}/v1/llm-costs/requests?limit=1`)).json()) as { items: object[] };
        expect(items).toMatchObject([{ model: 'gpt-4-turbo', tokens_input: 1200 }]);
      },
    });
    expect([again.code, again.document.report?.exitCode, loadedRows(again.document.report)]).toEqual([0, 5, 0]);
    expect(again.stderr).toMatch(/The API has served these tables since \d{4}-/);
    await database.drop();
  });

  it('says what to do about a taken port', async () => {
    const database = await freshDatabase();
    const port = new URL(database.url).port;
    const { code, stderr, stdout } = await start('port', { legacy, database: database.url }, ['--port', port]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--port/);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'API_LISTEN' } });
    await database.drop();
  });
});
