import { Redis } from 'ioredis';
import { freshDatabase, freshRedis, type FreshDatabase, type FreshRedis, type RunResult } from '@sluice/testing';
import { ApiProcess, type Answer } from './api-process';

const root = '/v1/admin/caches';
const entry = 'dashboard:overview:intraday';
const cache = `${root}/dashboard%3Aoverview`;

describe('administration of the caches over HTTP', () => {
  let database: FreshDatabase;
  let redis: FreshRedis;
  let client: Redis;
  let api: ApiProcess;
  let stopped: Promise<RunResult> | undefined;

  beforeAll(async () => {
    [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
    client = new Redis(redis.url);
    api = await ApiProcess.start({ DATABASE_URL: database.url, REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await (stopped ?? api.stop());
    client.disconnect();
    await Promise.all([database.drop(), redis.flush()]);
  });

  const ask = async (
    method: string,
    target: string,
    headers = {},
    body?: object,
  ): Promise<Pick<Answer, 'status' | 'body'>> => {
    const json = body ? { 'content-type': 'application/json' } : {};
    const given = body ? { body: JSON.stringify(body) } : {};
    const response = await fetch(`${api.url}${target}`, { method, headers: { ...headers, ...json }, ...given });
    return { status: response.status, body: await response.json() };
  };

  it('tells the numbers in the form of Prometheus', async () => {
    const response = await fetch(`${api.url}${root}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await response.text()).toContain('sluice_cache_loads_total{namespace="hist"} 0');
  });

  it('lists the caches, and says of an unknown one that there is none, as problem details', async () => {
    const { body } = await api.get(root);
    expect(body.map(({ name }: { name: string }) => name)).toContain('dashboard:overview');
    const unknown = await api.get(`${root}/nosuch`);
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect(unknown.body).toMatchObject({ code: 'CACHE_UNKNOWN', instance: `${root}/nosuch` });
  });

  it('shows, counts, deletes and verifies what Redis holds', async () => {
    await client.set(entry, '{"a":1}', 'PX', 172_800_000);
    expect((await api.get(`${cache}/keys?count=1000`)).body).toMatchObject({ keys: [entry] });
    const path = `${cache}/entries/${encodeURIComponent(entry)}`;
    expect((await api.get(path)).body).toMatchObject({ id: entry, tier2: { value: { a: 1 } } });
    expect(await ask('POST', `${cache}/verify`)).toMatchObject({ status: 200, body: { entries: 1, corrupt: 0 } });
    expect(await ask('POST', `${cache}/clear?dryRun=true`)).toEqual({ status: 200, body: { wouldRemove: 1 } });
    expect(await ask('DELETE', path)).toMatchObject({ status: 200, body: { removed: 1 } });
    expect((await api.get(path)).body).toMatchObject({ status: 404, code: 'CACHE_ENTRY_ABSENT' });
    expect((await api.get(`${cache}/entries/other%3Akey`)).body).toMatchObject({ code: 'CACHE_KEY_FOREIGN' });
    expect((await api.get(`${cache}/entries/${'x'.repeat(5_000)}`)).body).toMatchObject({ code: 'CACHE_KEY_FOREIGN' });
    expect(await ask('POST', `${cache}/clear`)).toMatchObject({ status: 200, body: { removed: 0 } });
    const picks = `${root}/picks%3Alatest/entries/picks%3Alatest%3Anifty50%3AIntraday`;
    const run = { items: [], as_of: '2026-01-09T20:14:34.765817', universe: 'nifty50', mode: 'Intraday' };
    await client.set('picks:latest:nifty50:Intraday', JSON.stringify(run), 'PX', 900_000_000);
    expect(await ask('POST', `${picks}/expire`)).toMatchObject({ status: 200, body: { removed: 1 } });
    expect((await api.get(picks)).body).toMatchObject({ tier2: { state: 'stale' } });
  });

  it('takes no body where none is looked at, and changes nothing', async () => {
    const refused = { status: 422, body: { code: 'API_REQUEST_INVALID' } };
    expect(await ask('POST', `${cache}/clear`, {}, { dryRun: true })).toMatchObject(refused);
    expect(await ask('POST', `${cache}/pause`, {}, { forMs: 1 })).toMatchObject(refused);
    expect(await ask('POST', `${cache}/clear?dryRun=true`, {}, {})).toMatchObject({ status: 200 });
    expect((await api.get(cache)).body.state).toBe('running');
    expect(await ask('POST', '/v1/cache/invalidate', {}, { symbol: 'TCS' })).toMatchObject({
      ...{ status: 422, body: { detail: [{ loc: ['body'], type: 'extra_forbidden' }] } },
    });
    expect(await ask('POST', '/v1/cache/invalidate?Symbol=TCS')).toMatchObject({ status: 200 });
  });

  it('makes every entry with a tag absent, where there are tags', async () => {
    const tagged = await ask('POST', `${root}/hist/invalidate-tags`, {}, { tags: ['symbol:TCS'] });
    expect(tagged).toMatchObject({ status: 200, body: { tier2: 'written' } });
    expect(await ask('POST', `${cache}/invalidate-tags`, {}, { tags: ['a'] })).toMatchObject({
      ...{ status: 422, body: { code: 'CACHE_WITHOUT_TAGS' } },
    });
    for (const wrong of [{}, { tags: [] }, { tags: [1] }, { tags: 'a' }])
      expect((await ask('POST', `${root}/hist/invalidate-tags`, {}, wrong)).status).toBe(422);
  });

  it('fills a cache from PostgreSQL, or counts only, where it can be filled', async () => {
    const nothing = { name: 'picks:latest', total: 0, present: 0, loaded: 0, failed: 0, failure: null };
    for (const query of ['', '?dryRun=true'])
      expect(await ask('POST', `${root}/picks%3Alatest/warm${query}`)).toEqual({ status: 200, body: nothing });
    const refused = [`${cache}/warm`, `${root}/nosuch/warm`, `${cache}/warm?dryRun=yes`];
    const answers = await Promise.all(refused.map((target) => ask('POST', target)));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'CACHE_NOT_WARMABLE'],
      [404, 'CACHE_UNKNOWN'],
      [422, 'API_REQUEST_INVALID'],
    ]);
  });

  it('shows nothing of the caches to anybody but this machine, where nobody is asked for a key', async () => {
    const proxied = { 'x-forwarded-for': '10.0.0.7' };
    for (const target of [
      root,
      cache,
      `${root}/metrics`,
      `${cache}/keys`,
      `${cache}/entries/${encodeURIComponent(entry)}`,
    ])
      expect((await api.get(target, proxied)).body).toMatchObject({ status: 403, code: 'API_LOCAL_ONLY' });
    expect((await api.get('/v1/top-picks/status', proxied)).status).toBe(200);
    expect((await api.get(root)).status).toBe(200);
  });

  it('pauses, resumes and changes a policy within its bounds', async () => {
    expect((await ask('POST', `${cache}/pause`)).body.state).toBe('paused');
    expect((await ask('POST', `${cache}/resume`)).body.state).toBe('running');
    const changed = await ask('PATCH', `${cache}/policy`, {}, { maxLoads: 3 });
    expect([changed.status, changed.body.policy.maxLoads]).toEqual([200, 3]);
    const { policy } = (await api.get(cache)).body; // Each option that is shown can be given, but for what is stored.
    const same = Object.fromEntries(Object.entries(policy).filter(([option]) => option !== 'graceMs'));
    expect(await ask('PATCH', `${cache}/policy`, {}, same)).toMatchObject({ status: 200, body: { policy } });
    const tooMany = await ask('PATCH', `${cache}/policy`, {}, { maxLoads: 10_001 });
    expect(tooMany).toMatchObject({ status: 400, body: { code: 'CACHE_OPTION_INVALID' } });
    const without = await ask('PATCH', `${cache}/policy`);
    expect(without).toMatchObject({ status: 400, body: { code: 'CACHE_OPTION_INVALID' } });
    expect((await api.get(`${cache}/keys?cursor=1-5`)).status).toBe(400);
    for (const wrong of [{ nosuch: 1 }, { jitter: 'much' }, { graceMs: 1 }])
      expect(await ask('PATCH', `${cache}/policy`, {}, wrong)).toMatchObject({
        ...{ status: 422, body: { code: 'API_REQUEST_INVALID' } },
      });
    expect((await api.get(`${cache}/keys?count=0`)).body).toMatchObject({ status: 422, code: 'API_REQUEST_INVALID' });
  });

  it('changes nothing for a page of another site or behind a proxy', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'x-forwarded-for': '10.0.0.7' }])
      expect(await ask('POST', `${cache}/pause`, headers)).toMatchObject({
        ...{ status: 403, body: { code: 'API_LOCAL_ONLY', title: 'Forbidden' } },
      });
    expect((await api.get(cache)).body.state).toBe('running');
  });

  it('says in the log who changed what, and no key of an entry', async () => {
    for (const secret of ['secret-user', 'a/secret-user', '%ff-secret-user'])
      await api.get(`${cache}/entries/dashboard%3Aoverview%3A${secret}`);
    for (const path of [
      `${cache}/%65ntries/secret-user`,
      `/V1${cache.slice(3)}/entries/secret-user`,
      `${cache}/entries//secret-user`,
    ])
      await api.get(path);
    const { stderr } = await (stopped = api.stop());
    expect(stderr).not.toContain('secret-user');
    expect(stderr).toContain('/entries/:key');
    const changes = stderr.split('\n').filter((line) => line.includes('"a cache is administered"'));
    expect(changes.map((line) => JSON.parse(line).what)).toEqual([
      ...['delete', 'clear', 'expire', 'invalidate-tag', 'warm', 'pause', 'resume', 'policy', 'policy'],
    ]);
  });
});
