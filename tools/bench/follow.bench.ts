import type { ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '@sluice/servers';
import { makeSampleTree } from '@sluice/trading-legacy';
import { type Cost, costOf, runWriter, sluice, withFollower } from './follow/processes';
import { benchWatch, type WatchResult } from './follow/watch';
import { median } from './measure';

const root = path.resolve(__dirname, '../..');
const MODES = { rollback: 'delete', wal: 'wal' } as const;
/**
 * Some time after the last write the follower takes what is applied out of the log, and within half a minute V8 gives back, once,
 * what the start needed; then there is nothing to do.
 */
const SETTLED_MS = 45_000;
/** Of the wanted writes a second; less is a disk that does not do as many commits. */
const REACHED = 0.98;
const MEMORY = '/dev/shm';

interface Latency {
  readonly perSecond: number;
  readonly rows: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

interface Result {
  readonly mode: keyof typeof MODES;
  readonly latency: Latency[];
  /** With the log alone, and with a follower at it. */
  readonly installed: Cost;
  readonly followed: Cost;
  readonly idlePercent: number;
  /** With the legacy files in memory, where their disk does not let the writer write as often as it should. */
  readonly inMemory: Latency[];
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
      watched: { type: 'string', default: '2000000' },
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
    await sluice({ ...process.env, DATABASE_URL: server.url }, 'db', 'migrate');
    const plan = { rounds: Number(values.rounds), rate: Number(values.rate), seconds: Number(values.seconds), writes: Number(values.writes), idle: Number(values.idle) }; // prettier-ignore
    const results: Result[] = [];
    for (const mode of ['wal', 'rollback'] as const) {
      const onDisk = await benchOf(path.join(dir, mode), server.url, MODES[mode], (bench) => bench.run(plan));
      const isSlow = onDisk.latency.some(({ perSecond }) => perSecond < plan.rate * REACHED);
      const inMemory = isSlow ? await benchInMemory(server.url, MODES[mode], plan) : [];
      results.push({ mode, ...onDisk, inMemory });
    }
    const watch = await benchWatch(path.join(dir, 'watch'), server.url, Number(values.watched), Number(values.writes));
    for (const line of [...results.flatMap(linesOf), ...linesOfWatch(watch)]) say(line);
    const machine = { cpus: cpus().length, model: cpus()[0]?.model, memoryBytes: totalmem(), node: process.version };
    mkdirSync(path.dirname(values.out), { recursive: true });
    writeFileSync(values.out, `${JSON.stringify({ machine, ...values, results, watch }, null, 2)}\n`);
    say(`written to ${path.relative(process.cwd(), values.out)}`);
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Runs `work` on files of its own, copied and equal. */
async function benchOf<T>(
  dir: string,
  url: string,
  journal: string,
  work: (bench: FollowBench) => Promise<T>,
): Promise<T> {
  const bench = new FollowBench(dir, url, journal);
  await bench.prepare();
  return work(bench);
}

/** How late changes are where no disk slows the writer down; empty where the system keeps no files in memory. */
async function benchInMemory(url: string, journal: string, plan: Plan): Promise<Latency[]> {
  if (!existsSync(MEMORY)) return [];
  const dir = mkdtempSync(path.join(MEMORY, 'sluice-bench-'));
  try {
    return await benchOf(dir, url, journal, (bench) => bench.latencies(plan));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function linesOf({ mode, latency, installed, followed, idlePercent, inMemory }: Result): string[] {
  const late = (what: string, some: readonly Latency[]): string => {
    const of = (value: (one: Latency) => number): string => median(some.map(value)).toFixed(1);
    return (
      `${what}, commit to PostgreSQL at ${of(({ perSecond }) => perSecond)} writes/s: p50 ${of(({ p50Ms }) => p50Ms)} ms, p99 ${of(({ p99Ms }) => p99Ms)} ms` +
      goal(median(some.map(({ p99Ms }) => p99Ms)) <= 20, 'p99 at most 20 ms')
    );
  };
  const cost = (what: string, { plainUs, otherUs, ratio }: Cost): string[] =>
    (['commit', 'call'] as const).map(
      (kind) =>
        `${mode}, ${what}, ${kind}: ${plainUs[kind].toFixed(0)} -> ${otherUs[kind].toFixed(0)} us, ${signed(ratio[kind])} %` +
        (kind === 'commit' ? goal(ratio[kind] <= 1.1, 'at most +10 %') : ''),
    );
  return [
    late(mode, latency),
    ...(inMemory.length > 0 ? [late(`${mode}, files in memory`, inMemory)] : []),
    ...cost('log installed', installed),
    ...cost('followed', followed),
    `${mode}, idle follower: ${idlePercent.toFixed(2)} % of a core${goal(idlePercent <= 0.2, 'at most 0.2 %')}`,
  ];
}

function linesOfWatch({ rows, cost: { plainUs, otherUs, ratio }, foundMs }: WatchResult): string[] {
  const found = `every change of ${rows} rows found: p50 ${foundMs.median.toFixed(0)} ms, at most ${foundMs.most.toFixed(0)} ms`;
  return [
    `watch, ${found}${goal(foundMs.most <= 5_000, 'within 5 s')}`,
    ...(['commit', 'call'] as const).map(
      (kind) =>
        `watch, ${kind}: ${plainUs[kind].toFixed(0)} -> ${otherUs[kind].toFixed(0)} us, ${signed(ratio[kind])} %`,
    ),
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
    await sluice(this.env, 'follow', 'install', '--yes');
    await sluice(this.env, 'migrate', '--restart', '--yes', '--progress', 'none');
  }

  async run(plan: Plan): Promise<Omit<Result, 'mode' | 'inMemory'>> {
    const cost = () => costOf(this.plain, this.logged, this.journal, plan.writes);
    const installed = await cost();
    return withFollower(this.env, [], async (follower) => {
      await delay(SETTLED_MS);
      const idlePercent = await idle(follower, plan.idle);
      const followed = await cost();
      return { installed, followed, idlePercent, latency: await this.rounds(plan) };
    });
  }

  /** Alone. What a follower meets first it compiles first, so that the first seconds do not count. */
  latencies(plan: Plan): Promise<Latency[]> {
    return withFollower(this.env, [], async () => {
      await this.latency(plan);
      return this.rounds(plan);
    });
  }

  private async rounds(plan: Plan): Promise<Latency[]> {
    const latency: Latency[] = [];
    for (let round = 0; round < plan.rounds; round++) latency.push(await this.latency(plan));
    return latency;
  }

  private async latency({ rate, seconds }: Plan): Promise<Latency> {
    const result = JSON.parse(
      await runWriter({ journal: this.journal, rate: { file: this.logged, perSecond: rate, seconds } }),
    ) as {
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
