import { setTimeout as delay } from 'node:timers/promises';
import { Postgres, Prisma } from '@sluice/postgres';
import { startPostgres, startRedis, type OwnPostgres, type OwnRedis } from '@sluice/testing';
import { ApiProcess } from './api-process';

/**
 * Clients that write and read while the servers behind the API die and come back. `STORM_SECONDS=60` makes it a long one.
 * What is acknowledged must be there, once; Redis must cost nobody an error; PostgreSQL's absence is 503 with `Retry-After`.
 */
const SECONDS = Number(process.env['STORM_SECONDS'] ?? 15);
const CLIENTS = 64;
/**
 * Within so long after PostgreSQL is back everything must be answered again. A cache that has nothing stale is the last: a
 * load that waits for a connection gives up after 3 s, after one that failed no other one is tried for a second, and all
 * clients want the connections first.
 */
const RECOVERY_MS = 20_000;
/** So long after the machine stood still the same may go on. */
const AFTERMATH_MS = 4_500;

const READS = [
  '/v1/llm-costs/requests?limit=5',
  '/v1/llm-costs/daily-spend',
  '/v1/cache/redis/top-picks',
  '/v1/performance/alpha/dataset',
  '/v1/top-picks/status',
];

/**
 * A commit that takes longer than this says that the machine or its disk stands still: 64 clients then wait longer for a
 * connection than the API lets them, which is the same to them as a PostgreSQL that is away.
 */
const STALL_MS = 300;

/** From the beginning to the end of something, in milliseconds of this process. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Seen extends Span {
  readonly request: string;
  readonly status: number;
  readonly retryAfter: string | null;
  /** What a refusal says. */
  readonly refusal: string | null;
}

let postgres: OwnPostgres;
let redis: OwnRedis;
let api: ApiProcess;

beforeAll(async () => {
  const settings = { fsync: 'on', synchronous_commit: 'on' };
  [postgres, redis] = await Promise.all([startPostgres({ settings }), startRedis()]);
  api = await ApiProcess.start({ DATABASE_URL: postgres.url, REDIS_URL: redis.url });
});
afterAll(async () => {
  await api.stop();
  await Promise.all([postgres.stop(), redis.stop()]);
});

it(
  'loses and repeats no acknowledged write, and says the truth about what is away',
  async () => {
    const direct = new Postgres({ url: postgres.url });
    await direct.rows(Prisma.sql`CREATE TABLE canary (at timestamptz DEFAULT now())`);
    const seen: Seen[] = [];
    /** When PostgreSQL was down, was coming back, or stood still. */
    const outages: Span[] = [];
    const acknowledged: string[] = [];
    const endsAt = performance.now() + SECONDS * 1_000;
    const isOver = (): boolean => performance.now() >= endsAt;

    const ask = async (target: string, init?: RequestInit): Promise<number> => {
      const fromMs = performance.now();
      const answer = await fetch(`${api.url}${target}`, init);
      const text = await answer.text();
      const { status } = answer;
      const refusal = status === 503 ? text : null;
      const request = `${init?.method ?? 'GET'} ${target}`;
      const retryAfter = answer.headers.get('retry-after');
      seen.push({ request, status, retryAfter, refusal, fromMs, toMs: performance.now() });
      return status;
    };

    /** Sends the same request until it is acknowledged: only its key tells the service that it is the same. */
    const write = async (key: string): Promise<void> => {
      const body = JSON.stringify({ model: key, tokens_input: 1_000, tokens_output: 500 });
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      for (;;) {
        const status = await ask('/v1/llm-costs/requests', { method: 'POST', headers, body });
        if (status === 201) return void acknowledged.push(key);
        await delay(50);
      }
    };

    const client = async (number: number): Promise<void> => {
      for (let i = 0; !isOver(); i++) {
        await write(`client-${number}-${i}`);
        await ask(READS[(number + i) % READS.length] ?? '');
      }
    };

    const away = async (server: OwnPostgres, forMs: number): Promise<void> => {
      await server.kill();
      await delay(forMs);
      await server.restart();
    };
    const faults = async (): Promise<void> => {
      for (let i = 0; !isOver(); i++) {
        await delay(1_000);
        if (isOver()) return;
        if (i % 2 === 0) await away(redis, 1_000);
        else {
          const fromMs = performance.now();
          await away(postgres, 500);
          await recovery();
          outages.push({ fromMs, toMs: performance.now() });
        }
      }
    };
    /** Each connection that PostgreSQL took with it is found out by itself. */
    const recovery = async (): Promise<void> => {
      const untilMs = performance.now() + RECOVERY_MS;
      for (let quiet = 0; quiet < 3;) {
        const answers = await Promise.all(READS.map((read) => api.get(read)));
        const refused = answers.filter(({ status }) => status !== 200);
        if (refused.length > 0 && performance.now() > untilMs)
          throw new Error(`${refused.length} routes are still away, ${RECOVERY_MS} ms after PostgreSQL is back.`);
        quiet = refused.length === 0 ? quiet + 1 : 0;
      }
    };

    let isDone = false;
    const canary = async (): Promise<void> => {
      while (!isDone) {
        const fromMs = performance.now();
        await delay(50);
        await direct.rows(Prisma.sql`INSERT INTO canary DEFAULT VALUES`).catch(() => undefined); // Killed: `faults` knows.
        const toMs = performance.now();
        if (toMs - fromMs > STALL_MS) outages.push({ fromMs, toMs: toMs + AFTERMATH_MS });
      }
    };

    const watching = canary();
    await Promise.all([faults(), ...Array.from({ length: CLIENTS }, (_, number) => client(number))]);
    isDone = true;
    await watching;

    const rows = await direct.rows<{ model: string; count: number }>(
      Prisma.sql`SELECT model, count(*)::int AS count FROM llm_requests GROUP BY model`,
    );
    await direct.close();

    const statuses = new Set(seen.map(({ status }) => status));
    expect([...statuses].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    const refused = seen.filter(({ status }) => status === 503);
    const isExplained = ({ fromMs, toMs }: Span): boolean =>
      outages.some((outage) => outage.fromMs <= toMs && fromMs <= outage.toMs);
    expect(refused.filter((one) => !isExplained(one))).toEqual([]);
    expect(refused.filter(({ retryAfter }) => retryAfter === null)).toEqual([]);
    expect(refused.length).toBeGreaterThan(0); // Or PostgreSQL was never missed, and nothing was shown.

    const counts = new Map(rows.map(({ model, count }) => [model, count]));
    expect(acknowledged.length).toBeGreaterThan(CLIENTS);
    expect(acknowledged.filter((key) => counts.get(key) !== 1)).toEqual([]);
    expect(rows.filter(({ count }) => count !== 1)).toEqual([]);
  },
  (SECONDS + 240) * 1_000,
);
