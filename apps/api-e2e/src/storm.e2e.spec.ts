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
 * So long after PostgreSQL is back a cache that has nothing stale may still answer 503: a load that waits for a connection
 * gives up after 3 s, and after a load that failed no other one is tried for a second.
 */
const AFTERMATH_MS = 4_500;

const READS = [
  '/v1/llm-costs/requests?limit=5',
  '/v1/llm-costs/daily-spend',
  '/v1/cache/redis/top-picks',
  '/v1/performance/alpha/dataset',
  '/v1/top-picks/status',
];

interface Seen {
  readonly what: string;
  readonly status: number;
  readonly retryAfter: string | null;
  /** Whether PostgreSQL was down, or coming back, at any time between the request and its answer. */
  readonly isPostgresAway: boolean;
}

let postgres: OwnPostgres;
let redis: OwnRedis;
let api: ApiProcess;
/** Raised at the beginning and at the end of each outage of PostgreSQL: odd while it is away. */
let postgresPhase = 0;

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
    const seen: Seen[] = [];
    const acknowledged: string[] = [];
    const endsAt = performance.now() + SECONDS * 1_000;
    const isOver = (): boolean => performance.now() >= endsAt;

    const ask = async (what: string, target: string, init?: RequestInit): Promise<Seen> => {
      const before = postgresPhase;
      const answer = await fetch(`${api.url}${target}`, init);
      await answer.arrayBuffer();
      const isPostgresAway = before % 2 === 1 || postgresPhase !== before;
      const one = { what, status: answer.status, retryAfter: answer.headers.get('retry-after'), isPostgresAway };
      seen.push(one);
      return one;
    };

    /** Sends the same request until it is acknowledged: only its key tells the service that it is the same. */
    const write = async (key: string): Promise<void> => {
      const body = JSON.stringify({ model: key, tokens_input: 1_000, tokens_output: 500 });
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      for (;;) {
        const { status } = await ask('write', '/v1/llm-costs/requests', { method: 'POST', headers, body });
        if (status === 201) return void acknowledged.push(key);
        await delay(50);
      }
    };

    const client = async (number: number): Promise<void> => {
      for (let i = 0; !isOver(); i++) {
        await write(`client-${number}-${i}`);
        await ask('read', READS[(number + i) % READS.length] ?? '');
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
          postgresPhase++;
          await away(postgres, 500);
          await ready();
          await delay(AFTERMATH_MS);
          postgresPhase++;
        }
      }
    };
    /** Connections that PostgreSQL took with it are found out one by one. */
    const ready = async (): Promise<void> => {
      for (let quiet = 0; quiet < 3;) {
        const { status } = await api.get('/v1/llm-costs/daily-spend');
        quiet = status === 200 ? quiet + 1 : 0;
      }
    };

    await Promise.all([faults(), ...Array.from({ length: CLIENTS }, (_, number) => client(number))]);

    const statuses = new Set(seen.map(({ status }) => status));
    expect([...statuses].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    const refused = seen.filter(({ status }) => status === 503);
    expect(refused.filter(({ isPostgresAway }) => !isPostgresAway)).toEqual([]);
    expect(refused.filter(({ retryAfter }) => retryAfter === null)).toEqual([]);
    expect(refused.length).toBeGreaterThan(0); // Or PostgreSQL was never missed, and nothing was shown.

    const direct = new Postgres({ url: postgres.url });
    const rows = await direct.rows<{ model: string; count: number }>(
      Prisma.sql`SELECT model, count(*)::int AS count FROM llm_requests GROUP BY model`,
    );
    await direct.close();
    const counts = new Map(rows.map(({ model, count }) => [model, count]));
    expect(acknowledged.length).toBeGreaterThan(CLIENTS);
    expect(acknowledged.filter((key) => counts.get(key) !== 1)).toEqual([]);
    expect(rows.filter(({ count }) => count !== 1)).toEqual([]);
  },
  (SECONDS + 60) * 1_000,
);
