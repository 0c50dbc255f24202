import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '@sluice/servers';
import { makeSampleTree } from '@sluice/trading-legacy';
import { measure, median } from './measure';

const root = path.resolve(__dirname, '../..');
const program = path.join(root, 'apps/cli/bin/sluice.cjs');
const writer = path.join(__dirname, 'follow/writer.cjs');
const MODES = { rollback: 'delete', wal: 'wal' } as const;
/**
 * Some time after the last write the follower takes what is applied out of the log, and within half a minute V8 gives back, once,
 * what the start needed; then there is nothing to do.
 */
const SETTLED_MS = 45_000;

interface Latency {
  readonly perSecond: number;
  readonly rows: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

interface Cost {
  /** Medians of one write, in microseconds; `call` opens and closes its connection. */
  readonly plainUs: Record<'commit' | 'call', number>;
  readonly loggedUs: Record<'commit' | 'call', number>;
  readonly ratio: Record<'commit' | 'call', number>;
}

interface Result {
  readonly mode: keyof typeof MODES;
  readonly latency: Latency[];
  /** With the log alone, and with a follower at it. */
  readonly installed: Cost;
  readonly followed: Cost;
  readonly idlePercent: number;
}

/**
 * What following by the change log costs the legacy program, how late a change is in PostgreSQL, and what an idle follower
 * takes. The writer is a process of its own; the moment of PostgreSQL's commit is PostgreSQL's own
 * (`track_commit_timestamp`), on the same clock.
 */
export default async function benchFollow(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      rate: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '10' },
      writes: { type: 'string', default: '3000' },
      idle: { type: 'string', default: '20' },
      out: { type: 'string', default: path.join(root, 'tmp/bench-follow.json') },
    },
  });
  const dir = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  const settings = { max_wal_size: '4GB', checkpoint_timeout: '30min', track_commit_timestamp: 'on' };
  const server = await startEmbeddedPostgres({
    dataDir: path.join(dir, 'postgres'),
    database: 'bench',
    auth: 'trust',
    settings,
  });
  try {
    await measure(`${process.execPath} ${program} db migrate`, { env: { DATABASE_URL: server.url } });
    const results: Result[] = [];
    for (const mode of ['wal', 'rollback'] as const) {
      const bench = new FollowBench(path.join(dir, mode), server.url, MODES[mode]);
      await bench.prepare();
      const plan = { rounds: Number(values.rounds), rate: Number(values.rate), seconds: Number(values.seconds), writes: Number(values.writes), idle: Number(values.idle) }; // prettier-ignore
      results.push({ mode, ...(await bench.run(plan)) });
    }
    for (const line of results.flatMap(linesOf)) say(line);
    const machine = { cpus: cpus().length, model: cpus()[0]?.model, memoryBytes: totalmem(), node: process.version };
    mkdirSync(path.dirname(values.out), { recursive: true });
    writeFileSync(values.out, `${JSON.stringify({ machine, ...values, results }, null, 2)}\n`);
    say(`written to ${path.relative(process.cwd(), values.out)}`);
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function linesOf({ mode, latency, installed, followed, idlePercent }: Result): string[] {
  const of = (value: (one: Latency) => number): string => median(latency.map(value)).toFixed(1);
  const cost = (what: string, { plainUs, loggedUs, ratio }: Cost): string[] =>
    (['commit', 'call'] as const).map(
      (kind) =>
        `${mode}, ${what}, ${kind}: ${plainUs[kind].toFixed(0)} -> ${loggedUs[kind].toFixed(0)} us, ${signed(ratio[kind])} %` +
        (kind === 'commit' ? goal(ratio[kind] <= 1.1, 'at most +10 %') : ''),
    );
  return [
    `${mode}, commit to PostgreSQL at ${of(({ perSecond }) => perSecond)} writes/s: p50 ${of(({ p50Ms }) => p50Ms)} ms, p99 ${of(({ p99Ms }) => p99Ms)} ms` +
      goal(median(latency.map(({ p99Ms }) => p99Ms)) <= 20, 'p99 at most 20 ms'),
    ...cost('log installed', installed),
    ...cost('followed', followed),
    `${mode}, idle follower: ${idlePercent.toFixed(2)} % of a core${goal(idlePercent <= 0.2, 'at most 0.2 %')}`,
  ];
}

const signed = (ratio: number): string => `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(1)}`;
const goal = (isMet: boolean, text: string): string => ` (the goal is ${text}${isMet ? '' : ': MISSED'})`;

interface Plan {
  readonly rounds: number;
  readonly rate: number;
  readonly seconds: number;
  readonly writes: number;
  readonly idle: number;
}

class FollowBench {
  private readonly env: NodeJS.ProcessEnv;
  private readonly logged: string;
  private readonly plain: string;

  constructor(
    dir: string,
    private readonly url: string,
    private readonly journal: string,
  ) {
    const legacy = path.join(dir, 'legacy');
    makeSampleTree({ dir: legacy, seed: 1, rows: 0, hazards: false, files: false, tables: { agent_analyses: 20_000, user_preferences: 500 } }); // prettier-ignore
    this.logged = path.join(legacy, 'cache/context.db');
    this.plain = path.join(dir, 'plain.db');
    this.env = { ...process.env, DATABASE_URL: url, LEGACY_DIR: legacy };
  }

  /** The same file twice, one with the log; copied and equal. */
  async prepare(): Promise<void> {
    copyFileSync(this.logged, this.plain);
    await this.sluice('follow', 'install', '--yes');
    await this.sluice('migrate', '--restart', '--yes', '--progress', 'none');
  }

  async run(plan: Plan): Promise<Omit<Result, 'mode'>> {
    const installed = await this.cost(plan.writes);
    return this.followed(async (follower) => {
      await delay(SETTLED_MS);
      const idlePercent = await idle(follower, plan.idle);
      const followed = await this.cost(plan.writes);
      const latency: Latency[] = [];
      for (let round = 0; round < plan.rounds; round++) latency.push(await this.latency(plan));
      return { installed, followed, idlePercent, latency };
    });
  }

  private async cost(writes: number): Promise<Cost> {
    const cost = { files: [this.plain, this.logged], writes, warmUp: 200 };
    const sides = JSON.parse(await this.write({ cost })) as Record<'commit' | 'call', number[]>[];
    const us = (side: number) => ({
      commit: median(sides[side]!.commit) * 1000,
      call: median(sides[side]!.call) * 1000,
    });
    const [plainUs, loggedUs] = [us(0), us(1)];
    return {
      plainUs,
      loggedUs,
      ratio: { commit: loggedUs.commit / plainUs.commit, call: loggedUs.call / plainUs.call },
    };
  }

  private async latency({ rate, seconds }: Plan): Promise<Latency> {
    const result = JSON.parse(await this.write({ rate: { file: this.logged, perSecond: rate, seconds } })) as {
      readonly writes: number;
      readonly committed: readonly (readonly [row: string, atMs: number])[];
    };
    await delay(2_000);
    const arrived = await this.arrivals();
    const late = result.committed.map(([row, atMs]) => (arrived.get(row) ?? Infinity) - atMs).sort((a, b) => a - b);
    if (late[late.length - 1] === Infinity)
      throw new Error('A change has not arrived two seconds after the last write.');
    const at = (share: number): number => late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? NaN;
    return {
      perSecond: Math.round(result.writes / seconds),
      rows: late.length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      mostMs: at(1),
    };
  }

  /** When the row that is there now was committed, in milliseconds. */
  private async arrivals(): Promise<Map<string, number>> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      const select = (table: string): string =>
        `SELECT '${table} ' || id AS row, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS at FROM ${table}`;
      const { rows } = await client.query<{ row: string; at: number }>(`${select('agent_analyses')} UNION ALL ${select('user_preferences')}`); // prettier-ignore
      return new Map(rows.map(({ row, at }) => [row, at]));
    } finally {
      await client.end();
    }
  }

  private async followed<T>(work: (follower: ChildProcess) => Promise<T>): Promise<T> {
    const follower = spawn(process.execPath, [program, 'follow'], {
      env: this.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    const isReady = new Promise<void>((resolve, reject) => {
      follower.stderr.on('data', (chunk: Buffer) => {
        errors += chunk.toString();
        if (errors.includes('following ')) resolve();
      });
      follower.once('exit', () => reject(new Error(`The follower has ended:\n${errors}`)));
    });
    try {
      await isReady;
      await delay(2_000);
      return await work(follower);
    } finally {
      follower.removeAllListeners('exit');
      isReady.catch(() => undefined);
      const ended = new Promise((resolve) => follower.once('exit', resolve));
      if (follower.exitCode === null && follower.kill('SIGTERM')) await ended;
    }
  }

  private async write(what: object): Promise<string> {
    const options = JSON.stringify({ journal: this.journal, ...what });
    return (await promisify(execFile)(process.execPath, [writer, options], { maxBuffer: 256 << 20 })).stdout;
  }

  private async sluice(...args: string[]): Promise<void> {
    await promisify(execFile)(process.execPath, [program, ...args], { env: this.env });
  }
}

/** Of a core, while nothing is written. The usual ticks of a hundredth of a second would be a guess at so little. */
async function idle({ pid }: ChildProcess, seconds: number): Promise<number> {
  const tasks = `/proc/${String(pid)}/task`;
  const busyNs = (): number =>
    readdirSync(tasks).reduce((sum, task) => {
      const [ns] = readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ');
      return sum + Number(ns);
    }, 0);
  const before = busyNs();
  await delay(seconds * 1000);
  return ((busyNs() - before) / 1e9 / seconds) * 100;
}
