import { setTimeout as delay } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, startPostgres, startRedis, until, type OwnPostgres, type OwnRedis } from '@sluice/testing';
import { ApiProcess, type Answer } from './api-process';
import { storeLegacyRows } from './legacy-rows';

const root = path.resolve(__dirname, '../../..');
const document = JSON.parse(readFileSync(path.join(root, 'docs/reference/openapi.json'), 'utf8'));

interface Row {
  readonly method: string;
  readonly target: string;
  readonly statuses: readonly number[];
}

/** The rows of the guide's table: a request, and its status without PostgreSQL, without Redis, without both, with a read-only one. */
function rowsOfTheGuide(): Row[] {
  const guide = readFileSync(path.join(root, 'docs/guides/api.md'), 'utf8');
  return [...guide.matchAll(/^\| `([A-Z]+) (\/[^`]*)` *\| (\d{3}) *\| (\d{3}) *\| (\d{3}) *\| (\d{3}) *\|/gm)].map(
    ([, method = '', target = '', ...statuses]) => ({ method, target, statuses: statuses.map(Number) }),
  );
}

/** Asks until the answer is as wished. */
function untilAnswer(api: ApiProcess, target: string, wish: (answer: Answer) => boolean): Promise<Answer> {
  let answer: Answer;
  return until(async () => wish((answer = await api.get(target))) && answer, {
    what: `${target} answers by ${wish.toString()}`,
    known: () => answer?.text,
  });
}

/** So long after a load failed, a cache that has nothing stale tries no other one. */
const BACK_OFF_MS = 1_100;

describe("the guide's table of what is answered without a server", () => {
  const rows = rowsOfTheGuide();
  let postgres: OwnPostgres;
  let redis: OwnRedis;
  let api: ApiProcess;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    await storeLegacyRows(postgres.url);
    api = await ApiProcess.start({ DATABASE_URL: postgres.url, REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await api.stop();
    await Promise.all([postgres.stop(), redis.stop()]);
  });

  /** A body is the example of the OpenAPI document. */
  const answersOf = async (): Promise<(Row & { readonly retryAfter: string | null })[]> => {
    const answers = [];
    for (const { method, target } of rows) {
      const { requestBody } = document.paths[target.split('?', 1)[0] ?? ''][method.toLowerCase()];
      const body = requestBody && JSON.stringify(requestBody.content['application/json'].example);
      const headers: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
      const answer = await fetch(`${api.url}${target}`, { method, headers, ...(body ? { body } : {}) });
      answers.push({ method, target, statuses: [answer.status], retryAfter: answer.headers.get('retry-after') });
    }
    return answers;
  };
  const expectColumn = async (column: number): Promise<void> => {
    const answers = await answersOf();
    expect(answers.map(({ method, target, statuses }) => [method, target, statuses[0]])).toEqual(
      rows.map(({ method, target, statuses }) => [method, target, statuses[column]]),
    );
    for (const { target, statuses, retryAfter } of answers)
      if (statuses[0] === 503 && !target.startsWith('/health')) expect([target, retryAfter]).toEqual([target, '5']);
  };
  const untilHealth = (wish: (answer: Answer) => boolean): Promise<Answer> => untilAnswer(api, '/health', wish);
  const takeWrites = async (yes: boolean): Promise<void> => {
    const operator = new Postgres({ url: postgres.url, poolSize: 1 });
    const value = Prisma.raw(yes ? 'off' : 'on');
    await operator.rows(Prisma.sql`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
    await operator.rows(Prisma.sql`SELECT pg_reload_conf()`);
    await operator.close();
  };
  const hasRedis = ({ body }: Answer): boolean => !body.details.cache.degraded;

  it('has rows', () => expect(rows.length).toBeGreaterThan(12));

  it('is right about PostgreSQL, about both, about one that is read-only, and about Redis', async () => {
    await api.get('/v1/cache/redis/top-picks?universe=nifty50&mode=Intraday');
    await postgres.kill();
    await untilHealth(({ status }) => status === 503);
    await expectColumn(0);
    await redis.kill();
    await untilHealth((answer) => !hasRedis(answer));
    await expectColumn(2);
    await Promise.all([postgres.restart(), redis.restart()]);
    await untilHealth((answer) => answer.status === 200 && hasRedis(answer));
    await delay(BACK_OFF_MS);
    await takeWrites(false);
    await untilHealth(({ status, body }) => status === 200 && body.details.postgres.degraded);
    await expectColumn(3);
    await takeWrites(true);
    await redis.kill();
    await untilHealth((answer) => !hasRedis(answer) && !answer.body.details.postgres.degraded);
    await expectColumn(1);
  });
});

describe('the API during an outage', () => {
  let postgres: OwnPostgres;
  let redis: OwnRedis;
  let api: ApiProcess;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    api = await ApiProcess.start({ DATABASE_URL: postgres.url, REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await api.stop();
    await Promise.all([postgres.stop(), redis.stop()]);
  });

  const untilReady = (wish: (answer: Answer) => boolean): Promise<Answer> => untilAnswer(api, '/health/ready', wish);

  it('is ready with everything there', async () => {
    const { status, body } = await api.get('/health');
    expect(status).toBe(200);
    expect(body.details).toMatchObject({
      ...{ postgres: { status: 'up' }, schema: { status: 'up', pending: [] }, process: { status: 'up' } },
      ...{ cache: { status: 'up', driver: 'redis', degraded: false }, legacyMigration: { state: 'none', tables: [] } },
    });
  });

  it('stays ready and serves without Redis, says that it is degraded, and recovers', async () => {
    await redis.kill();
    const degraded = await untilReady(({ body }) => body.details.cache.degraded);
    expect(degraded.status).toBe(200);
    expect(degraded.body.details.cache).toMatchObject({ driver: 'redis', code: 'CACHE_TIER2_FAILED' });
    expect((await api.get('/v1/top-picks/status')).status).toBe(200);
    expect((await api.get('/v1/cache/redis/top-picks')).status).toBe(200);
    expect((await api.get('/v1/dashboard/overview')).body).toMatchObject({ intraday: { found: false } });
    const stats = await api.get('/v1/cache/stats');
    expect([stats.status, stats.body]).toEqual([503, { detail: 'Redis is not available.' }]);
    const cleared = await fetch(`${api.url}/admin/clear-cache`, { method: 'POST' });
    expect([cleared.status, await cleared.json()]).toEqual([
      503,
      { detail: expect.stringContaining('when it is back') },
    ]);
    await redis.restart();
    await untilReady(({ body }) => !body.details.cache.degraded);
  });

  it('is alive but not ready without PostgreSQL, answers 503 with Retry-After, and recovers', async () => {
    await postgres.kill();
    const away = await untilReady(({ status }) => status === 503);
    expect(away.body.error).toMatchObject({
      postgres: { status: 'down', message: 'PostgreSQL is not available.' },
      schema: { status: 'down' },
    });
    expect((await api.get('/health/live')).status).toBe(200);
    const answer = await api.get('/v1/performance/alpha/dataset');
    expect([answer.status, answer.body]).toEqual([503, { detail: 'PostgreSQL is not available.' }]);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect((await api.get('/v1/cache/redis/top-picks?mode=Never')).status).toBe(503);
    await postgres.restart();
    await untilReady(({ status }) => status === 200);
    expect((await api.get('/v1/performance/alpha/dataset')).status).toBe(200);
  });

  it('is not ready while PostgreSQL is frozen, and recovers', async () => {
    postgres.freeze();
    try {
      expect((await api.get('/health')).body.details).toMatchObject({
        ...{ postgres: { status: 'down' }, legacyMigration: { status: 'up', state: 'unknown' } },
      });
    } finally {
      postgres.thaw();
    }
    await untilReady(({ status }) => status === 200);
  });
});

describe('the API and the state of the database', () => {
  it('is not ready in an empty database, and names what is pending', async () => {
    const database = await freshDatabase({ migrated: false });
    const api = await ApiProcess.start({ DATABASE_URL: database.url });
    try {
      const { status, body } = await api.get('/health/ready');
      expect(status).toBe(503);
      expect(body.error.schema.pending).toContainEqual(expect.stringMatching(/^\d{14}_init$/));
      const failed = await api.get('/v1/performance/alpha/dataset');
      expect([failed.status, failed.body]).toEqual([500, { detail: 'Internal Server Error' }]);
    } finally {
      const { stderr } = await api.stop();
      expect(stderr).toContain('ai_recommendations');
      await database.drop();
    }
  });

  it('tells how far the migration is and whether it was proven', async () => {
    const database = await freshDatabase();
    const postgres = new Postgres({ url: database.url, poolSize: 1 });
    const api = await ApiProcess.start({ DATABASE_URL: database.url });
    try {
      await postgres.rows(Prisma.sql`
        INSERT INTO migration_tables (name, source_path, fingerprint, plan, mapping_digest, choices, status, lane,
                                      rows_source, rows_copied)
        VALUES ('llm_requests', 'cache/llm_costs.db', '{}', gen_random_uuid(), 'm', '[]', 'copied', 'sql', 7, 7)`);
      await postgres.rows(Prisma.sql`
        INSERT INTO migration_verifications (run_id, table_name, started_at, finished_at, rows_source, rows_target,
                                             rows_quarantined, rows_skipped, differences, digest, clean)
        VALUES (gen_random_uuid(), 'llm_requests', now(), '2026-01-10T00:00:00Z', 7, 7, 0, 0, 0, '', true)`);
      expect((await api.get('/health')).body.details.legacyMigration).toEqual({
        status: 'up',
        state: 'verified',
        tables: [
          {
            ...{ table: 'llm_requests', status: 'copied', rowsSource: 7, rowsCopied: 7 },
            ...{ rowsQuarantined: 0, rowsSkipped: 0 },
            verification: { clean: true, finishedAt: '2026-01-10T00:00:00.000Z' },
          },
        ],
      });
    } finally {
      await api.stop();
      await postgres.close();
      await database.drop();
    }
  });
});
