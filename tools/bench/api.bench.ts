import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CacheEngine, RedisTier2 } from '@sluice/cache';
import { RedisConnection } from '@sluice/redis';
import { findRedisServer, startEmbeddedPostgres, startLocalRedis } from '@sluice/servers';
import { TradingCaches } from '@sluice/trading-caching';
import { makeSampleTree } from '@sluice/trading-legacy';
import Redis from 'ioredis';
import { Client } from 'pg';
import { type Server, startOurs, startPeer } from './api/server';
import { load, type Load } from './api/wrk';
import { isInstalled, measure, median } from './measure';

const root = path.resolve(__dirname, '../..');
const PICKS = '/v1/runs/latest?universe=nifty50&mode=Intraday';
const CANDLES = '/v1/candles/TCS?interval=1d&from=2026-01-01&to=2026-01-09';
const DATASET = '/v1/performance/alpha/dataset?limit=20&evaluated_only=false';
const POLICY = '/v1/admin/caches/picks:latest/policy';
/** `picks:latest:nifty50:Intraday`, as its cache spells it. */
const PICKS_KEY = 'picks:latest:nifty50:Intraday';

interface Case {
  readonly name: string;
  /** What ours is asked for, in turn. */
  readonly targets: readonly string[];
  /** Whether the process keeps the picks in memory. */
  readonly tier1: boolean;
  readonly peers: readonly string[];
}

interface Line extends Load {
  readonly case: string;
  readonly contestant: string;
}

/** Ours does at least so many times the requests of the peer. */
const GOALS: readonly (readonly [of: string, peer: string, atLeast: number])[] = [
  ['latest picks, in memory', 'node:http', 1 / 1.8],
  ['latest picks, in memory', 'Nest, ValidationPipe, object', 2.5],
  ['candles, in memory', 'node:http', 1 / 1.8],
  ['candles, in memory', 'Nest, ValidationPipe, object', 2.5],
  ['latest picks, in Redis', 'Nest, ValidationPipe, Redis, parsed', 2.3],
  ['run by id, in PostgreSQL', 'Nest, ValidationPipe, Prisma findFirst', 4],
];

/**
 * The API's hot routes, asked by wrk over 64 connections, against servers that answer the same bytes or do the same work
 * the usual way: in turn in one run, on one PostgreSQL and one Redis. Ours is the whole program, with its log, its ids and
 * its headers.
 */
export default async function benchApi(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '4' },
      out: { type: 'string', default: path.join(root, 'tmp/bench-api.json') },
    },
  });
  const program = findRedisServer(process.env['PATH'] ?? '');
  if (!program) throw new Error('The benchmark needs redis-server or valkey-server on the PATH.');
  if (!(await isInstalled('wrk'))) throw new Error('The benchmark needs wrk on the PATH (Debian: apt install wrk).');
  const dir = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(dir, 'postgres'),
    database: 'bench',
    auth: 'trust',
  });
  const redis = await startLocalRedis(program, { dataDir: dir });
  const servers: Server[] = [];
  try {
    await fill(dir, postgres.url, redis.url);
    const startUps: number[] = [];
    for (let i = 0; i < 3; i++) {
      const api = await startOurs(postgres.url, redis.url, path.join(dir, 'api.log'));
      startUps.push(api.startMs);
      await api.stop();
    }
    const ours = await startOurs(postgres.url, redis.url, path.join(dir, 'api.log'));
    servers.push(ours);
    const cases = await casesOf(postgres.url);
    const lines: Line[][] = [];
    for (let round = 1; round <= Number(values.rounds); round++) {
      lines.push(
        await aRound(cases, ours, { dir, databaseUrl: postgres.url, redisUrl: redis.url }, Number(values.seconds)),
      );
      say(`round ${round} of ${values.rounds} done`);
    }
    const rssAfter = await rssAfterMany(ours, dir);
    const medians = mediansOf(lines);
    print(medians, median(startUps), rssAfter);
    const machine = { cpus: cpus().length, model: cpus()[0]?.model, memoryBytes: totalmem(), node: process.version };
    mkdirSync(path.dirname(values.out), { recursive: true });
    const result = { machine, rounds: lines.length, startMs: median(startUps), rssAfter, lines: medians };
    writeFileSync(values.out, `${JSON.stringify(result, null, 2)}\n`);
    say(`written to ${path.relative(process.cwd(), values.out)}`);
  } finally {
    for (const server of servers) await server.stop();
    await redis.stop();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Runs, recommendations and candles, through the migration and the cache. */
async function fill(dir: string, databaseUrl: string, redisUrl: string): Promise<void> {
  const legacy = path.join(dir, 'legacy');
  const tables = { top_picks_runs: 2_000, ai_recommendations: 20_000 };
  makeSampleTree({ dir: legacy, seed: 1, rows: 0, hazards: false, files: false, tables });
  const sluice = `${process.execPath} ${path.join(root, 'apps/cli/bin/sluice.cjs')}`;
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  await measure(`${sluice} db migrate`, { env });
  await measure(`${sluice} migrate --legacy ${legacy} --offline`, { env });
  const engine = new CacheEngine({ tier2: new RedisTier2(RedisConnection.opened(redisUrl)) });
  try {
    const rows = Array.from({ length: 7 }, (_, i) => ({
      ...{ time: `2026-01-0${i + 1}T00:00:00+05:30`, open: 3_100.5 + i, high: 3_140.25 + i, low: 3_088 + i },
      ...{ close: 3_122.4 + i, volume: 1_204_533 + i },
    }));
    const key = { symbol: 'TCS', interval: '1d', from: '2026-01-01', to: '2026-01-09' };
    await new TradingCaches(engine).ohlc.set(key, { source: 'bench', rows });
  } finally {
    await engine.close();
  }
}

async function casesOf(databaseUrl: string): Promise<Case[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ id: string }>(
    `SELECT run_id AS id FROM top_picks_runs ORDER BY md5(run_id) LIMIT 1000`,
  );
  await client.end();
  const runs = rows.map(({ id }) => `/v1/runs/${encodeURIComponent(id)}`);
  const [inMemory, usual] = [['node:http', 'bare Fastify'], 'Nest, ValidationPipe, object'];
  return [
    { name: 'latest picks, in memory', targets: [PICKS], tier1: true, peers: [...inMemory, usual] },
    { name: 'candles, in memory', targets: [CANDLES], tier1: true, peers: [...inMemory, usual] },
    { name: 'latest picks, in Redis', targets: [PICKS], tier1: false, peers: ['Nest, ValidationPipe, Redis, parsed'] },
    { name: 'run by id, in PostgreSQL', targets: runs, tier1: true, peers: ['Nest, ValidationPipe, Prisma findFirst'] },
    { name: 'dataset page, in PostgreSQL', targets: [DATASET], tier1: true, peers: ['bare Fastify'] },
  ];
}

interface Place {
  readonly dir: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

async function aRound(cases: readonly Case[], ours: Server, place: Place, seconds: number): Promise<Line[]> {
  const lines: Line[] = [];
  const script = path.join(place.dir, 'requests.lua');
  for (const one of cases) {
    await ours.change(POLICY, { tier1: one.tier1 });
    const [first = ''] = one.targets;
    const body = await ours.get(first);
    const bodyFile = path.join(place.dir, 'body.json');
    writeFileSync(bodyFile, body);
    const redis = new Redis(place.redisUrl);
    await redis.set('bench:body', (await redis.get(PICKS_KEY)) ?? body);
    redis.disconnect();
    const add = (contestant: string, result: Load): void => {
      if (result.failures > 0) throw new Error(`${contestant} failed ${result.failures} times in "${one.name}".`);
      lines.push({ case: one.name, contestant, ...result });
    };
    await load(ours.url, one.targets, 1, script);
    add('sluice', await load(ours.url, one.targets, seconds, script));
    for (const name of one.peers) {
      const given = { bodyFile, databaseUrl: place.databaseUrl, redisUrl: place.redisUrl };
      const peer = await startPeer(name, given, path.join(place.dir, 'peer.log'));
      const targets = one.targets.map((target) =>
        target.replace(/^\/v1\/runs\/(?!latest)/, '/rows/').replace(/^\/v1\/[^?]+/, '/value'),
      );
      try {
        await load(peer.url, targets, 1, script);
        add(name, await load(peer.url, targets, seconds, script));
      } finally {
        await peer.stop();
      }
    }
  }
  return lines;
}

/** Of the process, in bytes, after 100,000 requests of all kinds. */
async function rssAfterMany(ours: Server, dir: string): Promise<number> {
  const script = path.join(dir, 'many.lua');
  for (let done = 0; done < 100_000;) {
    const { requestsPerSecond } = await load(ours.url, [PICKS, CANDLES, DATASET], 5, script);
    done += requestsPerSecond * 5;
  }
  return ours.rssBytes();
}

function mediansOf(rounds: readonly (readonly Line[])[]): Line[] {
  return (rounds[0] ?? []).map((line, i) => {
    const of = (pick: (line: Line) => number): number => median(rounds.map((round) => pick(round[i] ?? line)));
    return {
      ...line,
      requestsPerSecond: Math.round(of((one) => one.requestsPerSecond)),
      p50Ms: of((one) => one.p50Ms),
      p99Ms: of((one) => one.p99Ms),
    };
  });
}

function print(lines: readonly Line[], startMs: number, rssBytes: number): void {
  say('| Case | Contestant | requests/s | sluice does so many times as many | p50 ms | p99 ms |');
  say('| --- | --- | --- | --- | --- | --- |');
  const ours = (name: string): number =>
    lines.find((line) => line.case === name && line.contestant === 'sluice')?.requestsPerSecond ?? NaN;
  for (const { case: name, contestant, requestsPerSecond, p50Ms, p99Ms } of lines) {
    const ratio = (ours(name) / requestsPerSecond).toFixed(2);
    say(`| ${name} | ${contestant} | ${requestsPerSecond} | ${ratio} | ${p50Ms.toFixed(2)} | ${p99Ms.toFixed(2)} |`);
  }
  for (const [of, peer, atLeast] of GOALS) {
    const theirs = lines.find((line) => line.case === of && line.contestant === peer)?.requestsPerSecond ?? NaN;
    const ratio = ours(of) / theirs;
    say(
      `${of}: ${ratio.toFixed(2)} times ${peer} (the goal is ${atLeast.toFixed(2)}${ratio >= atLeast ? '' : ': MISSED'})`,
    );
  }
  say(`start-up: ${Math.round(startMs)} ms from the start of the process until it listens`);
  say(`memory after 100,000 requests: ${Math.round(rssBytes / 2 ** 20)} MiB`);
}
