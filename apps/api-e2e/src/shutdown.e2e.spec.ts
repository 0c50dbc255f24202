import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, until, type FreshDatabase } from '@sluice/testing';
import { ApiProcess } from './api-process';

describe('stopping the API', () => {
  let database: FreshDatabase;
  let holder: Postgres;

  beforeEach(async () => {
    database = await freshDatabase();
    holder = new Postgres({ url: database.url, poolSize: 2, statementTimeoutMs: 200_000 });
  });
  afterEach(async () => {
    await holder.close();
    await database.drop();
  });

  /** Resolves when a session of the API waits for a lock: then its request is in flight. */
  const requestIsWaiting = (): Promise<true> =>
    until(async () => {
      const [found] = await holder.rows<{ waiting: boolean }>(Prisma.sql`
        SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                       AND application_name = 'sluice-api' AND wait_event_type = 'Lock') AS waiting`);
      return found?.waiting;
    });

  /** Holds the table locked while `meanwhile` runs, so that a request which reads it stays in flight. */
  const whileLocked = (meanwhile: () => Promise<void>): Promise<void> =>
    holder.run((prisma) =>
      prisma.$transaction(
        async (transaction) => {
          await transaction.$executeRaw`LOCK TABLE ai_recommendations IN ACCESS EXCLUSIVE MODE`;
          await meanwhile();
        },
        { timeout: 200_000 },
      ),
    );

  const notReady = async (api: ApiProcess): Promise<void> => {
    const { body } = await until(async () => {
      const answer = await api.get('/health/ready');
      return answer.status === 503 && answer;
    });
    expect(body.error.process.message).toBe('Shutting down.');
  };

  const accepts = (api: ApiProcess): Promise<boolean> =>
    api.get('/health/live').then(
      () => true,
      () => false,
    );

  it('says "not ready" first, finishes the request in flight and exits with 0', async () => {
    const api = await ApiProcess.start({ DATABASE_URL: database.url, SHUTDOWN_DELAY_MS: '4000' });
    let inFlight: ReturnType<typeof api.get> | undefined;
    await whileLocked(async () => {
      inFlight = api.get('/v1/performance/alpha/dataset');
      await requestIsWaiting();
      api.signal('SIGTERM');
      await notReady(api);
    });
    const answer = await inFlight;
    expect([answer?.status, answer?.headers.get('connection')]).toEqual([200, 'close']);
    const { code, signal, stderr } = await api.ended;
    expect([code, signal]).toEqual([0, null]);
    expect(stderr).toContain('"message":"stopped"');
    await expect(api.get('/health/live')).rejects.toThrow();
  });

  it('does the same when its terminal is closed, which hangs up twice', async () => {
    const api = await ApiProcess.start({ DATABASE_URL: database.url, SHUTDOWN_DELAY_MS: '1500' });
    let inFlight: ReturnType<typeof api.get> | undefined;
    await whileLocked(async () => {
      inFlight = api.get('/v1/performance/alpha/dataset');
      await requestIsWaiting();
      for (const _ of ['system', 'shell']) api.signal('SIGHUP');
      await notReady(api);
    });
    expect((await inFlight)?.status).toBe(200);
    const { code, signal, stderr } = await api.ended;
    expect([code, signal]).toEqual([null, 'SIGHUP']);
    expect(stderr).toContain('"message":"stopped"');
  });

  it('answers, and stops, after the reader of its log is gone', async () => {
    const child = spawn(process.execPath, ['-r', './tools/swc-register.cjs', 'apps/api/src/main.ts'], {
      cwd: path.resolve(__dirname, '../../..'),
      env: { API_AUTH: 'loopback', DATABASE_URL: database.url, LOG_FORMAT: 'json', LOG_LEVEL: 'debug', PORT: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr.on('data', (bytes: Buffer) => (log += bytes.toString()));
    const url = await until(() => Promise.resolve(/"message":"listening","url":"([^"]+)"/.exec(log)?.[1]));
    child.stderr.destroy();
    const statusOf = async (): Promise<number> => (await fetch(`${url}/health/live`)).status;
    expect([await statusOf(), await statusOf()]).toEqual([200, 200]);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('answers what is still being asked, as ever, and says that it is the last on its connection', async () => {
    const api = await ApiProcess.start({ DATABASE_URL: database.url });
    const client = connect(Number(new URL(api.url).port), '127.0.0.1');
    client.write('GET /v1/performance/alpha/dataset HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: late\r\n');
    await once(client, 'connect');
    await api.get('/health/live'); // Behind the first bytes of the other one.
    api.signal('SIGTERM');
    await until(() => accepts(api).then((yes) => !yes)); // It accepts no connection any more.
    client.write('\r\n');
    const answer = await text(client);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/^x-request-id: late\r$/m);
    expect(answer.match(/^connection: close\r$/gim)).toHaveLength(1);
    expect((await api.ended).code).toBe(0);
  });

  it('cuts what is still in flight at the deadline', async () => {
    const api = await ApiProcess.start({ DATABASE_URL: database.url, SHUTDOWN_MS: '200' });
    await whileLocked(async () => {
      const inFlight = api.get('/v1/performance/alpha/dataset').then(
        () => 'answered',
        () => 'cut',
      );
      await requestIsWaiting();
      api.signal('SIGINT');
      expect(await inFlight).toBe('cut');
      const { code, stderr } = await api.ended;
      expect([code, stderr]).toEqual([0, expect.stringContaining('the deadline has passed')]);
    });
  });

  it('obeys a second signal at once', async () => {
    const api = await ApiProcess.start({ DATABASE_URL: database.url, SHUTDOWN_DELAY_MS: '60000' });
    const askedMs = performance.now();
    api.signal('SIGINT');
    await notReady(api);
    await until(() => performance.now() - askedMs > 600); // What comes sooner may be the same wish.
    api.signal('SIGINT');
    expect((await api.ended).code).toBe(1);
  });
});
