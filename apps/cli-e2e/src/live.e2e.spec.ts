import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { brokenAudit } from '@sluice/migration';
import {
  connectedClient,
  freshRedis,
  memoryDir,
  startPostgres,
  until,
  type FreshRedis,
  type OwnPostgres,
  type TempDir,
} from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { different } from './follower';
import { runLegacyProgram } from './legacy-program';
import { program, sluice, type SluiceOptions } from './sluice';
import { Supervised } from './supervised';
import { query } from './target';

/** More rounds, or a failing seed again: SLUICE_LIVE_ROUNDS=50 SLUICE_LIVE_SEED=42 npx jest live.e2e */
const rounds = Number(process.env.SLUICE_LIVE_ROUNDS ?? 1);
const seed = Number(process.env.SLUICE_LIVE_SEED ?? Date.now() % 1_000_000);

let state = seed;
/** mulberry32 */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** Without it no gate opens. */
const DURABLE = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };

let dir: TempDir;
let database: OwnPostgres;
let redis: FreshRedis;
let on: SluiceOptions;
const running: { stop(): Promise<void>; readonly ends: readonly string[] }[] = [];

beforeEach(async () => {
  [dir, database, redis] = await Promise.all([memoryDir(), startPostgres({ settings: DURABLE }), freshRedis()]);
  const legacy = path.join(dir.path, 'legacy');
  makeSampleTree({ dir: legacy, seed: 3, rows: 600, hazards: true, files: false });
  on = { database: database.url, redis: redis.url, legacy };
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await redis.flush();
  await Promise.all([database.stop(), dir.remove()]);
});

/** Ends with 0, or says what the program said. */
async function done(...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await sluice(args, on);
  expect({ args, code, said: code === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ args, code: 0, said: '' });
}

const by = ['--by', 'a test', '--reason', 'a test'];

/**
 * The same command until it is done, killed in the middle now and then. What shuts a gate meanwhile opens again: a row that the
 * legacy program made unreadable is reviewed, and settled where it was read in PostgreSQL; what is under way arrives.
 */
async function completed(...args: string[]): Promise<void> {
  const said = new Map<string, number>();
  for (const deadlineMs = Date.now() + 400_000; Date.now() < deadlineMs; await delay(250)) {
    let timer: NodeJS.Timeout | undefined;
    const { code, signal, stdout, stderr } = await sluice(args, {
      ...on,
      onStart: (pid) => {
        if (random() < 0.3) timer = setTimeout(() => process.kill(pid, 'SIGKILL'), random() * 1_500);
      },
    });
    clearTimeout(timer);
    await expectOneMode();
    if (code === 0) return;
    const text = signal === 'SIGKILL' ? 'killed' : `${stdout}\n${stderr}`;
    said.set(text, (said.get(text) ?? 0) + 1);
    if (text.includes('not reviewed')) await done('quarantine', 'review', '--all', ...by);
    if (text.includes('nobody has settled')) await done('divergences', 'settle', '--all', ...by);
  }
  throw new Error(
    [
      `${args.join(' ')} was not done in time:`,
      ...Array.from(said, ([text, times]) => `${times} times: ${text}`),
      ...running.flatMap(({ ends }) => ends.slice(-1)),
    ].join('\n'),
  );
}

/** All domains went, or none did. */
async function expectOneMode(): Promise<void> {
  const modes = await query<{ mode: string }>(database.url, 'SELECT DISTINCT mode FROM migration_domains');
  expect(modes.length).toBeLessThan(2);
}

/**
 * The legacy program, some seconds at a time. Between them nobody writes for a moment, as it is in life: a sum that is written to
 * all the time cannot be compared.
 */
class LegacyBursts {
  readonly ends: readonly string[] = [];
  readonly errors: string[] = [];
  calls = 0;
  isWriting = true;
  private isOver = false;
  private readonly done = this.run();

  async stop(): Promise<void> {
    this.isOver = true;
    await this.done;
  }

  private async run(): Promise<void> {
    for (let burst = 0; !this.isOver; burst++) {
      this.isWriting = true;
      const { calls, errors } = await runLegacyProgram(on.legacy!, { ms: 3_000, seed: seed + burst });
      this.calls += calls;
      this.errors.push(...errors);
      this.isWriting = false;
      for (let rest = 0; rest < 10_000 && !this.isOver; rest += 100) await delay(100);
    }
  }
}

/** The API under a supervisor, and a client that writes and remembers what was acknowledged. */
class ApiClient {
  readonly acknowledged: string[] = [];
  readonly odd: string[] = [];
  private url = '';
  private sent = 0;
  private isOver = false;
  private readonly api: Supervised;
  private readonly writing: Promise<void>;

  constructor(private readonly legacy: Pick<LegacyBursts, 'isWriting'>) {
    this.api = new Supervised(['-r', './tools/swc-register.cjs', 'apps/api/src/main.ts'], {
      cwd: path.resolve(__dirname, '../../..'),
      env: {
        ...{ DATABASE_URL: database.url, REDIS_URL: redis.url, LEGACY_DIR: on.legacy, API_AUTH: 'loopback', PORT: '0' },
        ...{ LOG_FORMAT: 'json', SHADOW_READS_PERCENT: '100' },
      },
      killAfterMs: () => 12_000 + random() * 15_000,
      onOutput: (text) => {
        this.url = /"message":"listening","url":"([^"]+)"/.exec(text)?.[1] ?? this.url;
        this.odd.push(...text.split('\n').filter((line) => line.includes('"level":"error"')));
      },
    });
    this.writing = this.write();
  }

  get ends(): readonly string[] {
    return this.api.ends;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.writing;
    await this.api.stop();
  }

  /** Models name the writes, so that each is found again on either side. */
  private async write(): Promise<void> {
    for (; !this.isOver; await delay(150)) {
      for (const target of READS) {
        const read = await this.ask(target);
        if (![0, 200, 404, 503].includes(read)) this.odd.push(`${target} ${read}`);
      }
      if (!this.legacy.isWriting) continue;
      const model = `api-${seed}-${this.sent++}`;
      const body = JSON.stringify({ model, tokens_input: 10, tokens_output: 20 });
      const init = { method: 'POST', body, headers: { 'Content-Type': 'application/json', 'Idempotency-Key': model } };
      const status = await this.ask('/v1/llm-costs/requests', init);
      if (status === 201 || status === 200) this.acknowledged.push(model);
      else if (status !== 0 && status !== 409 && status !== 503) this.odd.push(`POST ${status}`);
    }
  }

  /** 0: nobody answered. */
  private async ask(target: string, init: RequestInit = {}): Promise<number> {
    try {
      const response = await fetch(`${this.url}${target}`, init);
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0; // It is killed now and then: what was not answered is not acknowledged.
    }
  }
}

/** One of each domain that is asked of both sides. */
const READS = [
  '/v1/llm-costs/daily-spend',
  '/v1/performance/alpha/by-mode',
  '/v1/analytics/top-picks-history',
  '/v1/context/learnings',
  '/v1/analytics/rl-metrics',
];

it(
  `loses nothing, and ends equal on both sides, through ${rounds} cutovers and rollbacks with kill -9 of everything (seed ${seed})`,
  async () => {
    await done('follow', 'install', '--yes');
    expect((await sluice(['migrate', '--progress', 'none'], on)).code).toBe(4);
    const rules = [
      'followingForSeconds=0',
      'caughtUpWithinSeconds=3600',
      'outboxMaxAgeSeconds=600',
      'shadowReads=1',
      'approvals=0',
    ];
    await done('cutover', 'policy', ...rules.flatMap((rule) => ['--set', rule]), ...by);
    await done('quarantine', 'review', '--all', ...by);
    await done('backup', 'create', '--to', path.join(dir.path, 'backups'));
    const backups = await query<{ id: string }>(database.url, 'SELECT DISTINCT id FROM migration_backups');
    await done('backup', 'rehearse', backups[0]!.id);

    const legacyProgram = new LegacyBursts();
    running.push(legacyProgram);
    const follower = new Supervised([program, 'follow'], {
      env: { DATABASE_URL: database.url, REDIS_URL: redis.url, LEGACY_DIR: on.legacy },
      killAfterMs: () => 12_000 + random() * 12_000,
    });
    running.push(follower);
    await completed('cutover', 'advance', '--all', '--to', 'legacy', '--yes', ...by);
    await completed('cutover', 'rehearse', '--all', ...by);
    const client = new ApiClient(legacyProgram);
    running.push(client);
    for (let round = 0; round < rounds; round++) {
      await completed('cutover', 'advance', '--all', '--to', 'dual', '--yes', ...by);
      await completed('cutover', 'advance', '--all', '--to', 'shadow', '--yes', ...by);
      await completed('cutover', 'advance', '--all', '--to', 'cutover', '--yes', ...by);
      const before = client.acknowledged.length;
      await until(() => client.acknowledged.length > before + 3, { known: () => [client.odd, client.ends] });
      await completed('cutover', 'rollback', '--all', '--yes', ...by);
    }
    await client.stop();
    await legacyProgram.stop();
    await follower.stop();
    expect([legacyProgram.calls > 0, legacyProgram.errors, client.odd]).toEqual([true, [], []]);
    expect(follower.ends).toEqual([]);
    await done('follow', '--once');

    expect(await different(on)).toEqual([]);
    expect(await query(database.url, 'SELECT 1 FROM migration_outbox')).toEqual([]);
    const file = new DatabaseSync(path.join(on.legacy!, 'cache/llm_costs.db'), { readOnly: true });
    const inFile = file
      .prepare(`SELECT model FROM llm_requests WHERE model LIKE 'api-%'`)
      .all()
      .map(({ model }) => String(model));
    file.close();
    expect(client.acknowledged.length).toBeGreaterThan(0);
    expect(client.acknowledged.filter((model) => !inFile.includes(model))).toEqual([]);
    expect(inFile.length).toBe(new Set(inFile).size);
    const pg = await connectedClient(database.url);
    expect(await brokenAudit(pg)).toEqual([]);
    await pg.end();
  },
  400_000 + rounds * 400_000,
);
