import { createClient } from '@sluice/client';
import { freshDatabase, startRedis, type FreshDatabase, type OwnRedis } from '@sluice/testing';
import { ApiProcess } from './api-process';

const ID = 'session-of-somebody';
const SECRET = 'what-somebody-likes';

/** Two processes, as behind a balancer. */
describe('sessions', () => {
  let database: FreshDatabase;
  let redis: OwnRedis;
  let processes: ApiProcess[];

  beforeAll(async () => {
    [database, redis] = await Promise.all([freshDatabase(), startRedis()]);
    const settings = { DATABASE_URL: database.url, REDIS_URL: redis.url, LOG_LEVEL: 'debug' };
    processes = await Promise.all([ApiProcess.start(settings), ApiProcess.start(settings)]);
  });
  afterAll(() => Promise.all([database.drop(), redis.stop()]));

  const upsert = async (nth: number, data: Record<string, unknown>) => {
    const client = createClient({ url: processes[nth % 2]!.url });
    const { response } = await client.POST('/v1/memory/upsert', { body: { session_id: ID, data } });
    return response.status;
  };

  it('lose no merge of any process, also while Redis goes away, and no process logs whose they are', async () => {
    const first = Promise.all(Array.from({ length: 40 }, (_, i) => upsert(i, { [`a${i}`]: SECRET })));
    await redis.kill();
    const second = await Promise.all(Array.from({ length: 40 }, (_, i) => upsert(i, { [`b${i}`]: i })));
    expect([...(await first), ...second]).toEqual(Array(80).fill(200));
    for (const { url } of processes) {
      const path = { session_id: ID };
      const { data } = await createClient({ url }).GET('/v1/memory/session/{session_id}', { params: { path } });
      expect(Object.keys(data?.data ?? {})).toHaveLength(80);
      expect((await fetch(`${url}/v1/memory/session/${ID}/more?${ID}`)).status).toBe(404);
    }
    const outputs = await Promise.all(processes.map((api) => api.stop()));
    for (const { stdout, stderr } of outputs) {
      expect(stdout + stderr).toContain('/v1/memory/session/:session_id');
      expect(stdout + stderr).not.toMatch(new RegExp(`${ID}|${SECRET}`));
    }
  });
});
