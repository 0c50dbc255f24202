import { memoryDriver } from '@sluice/cache/testing';
import { Postgres, Prisma } from '@sluice/postgres';
import { TradingCaches } from '@sluice/trading-caching';
import { openCaches } from '../feature-caches.fixture';
import { type Answered, ResourceApp } from '../http/resource-app.fixture';
import { contextParts } from './context.parts';
import { PreferencesService } from './preferences.service';

const root = '/v1/context';
let open: Awaited<ReturnType<typeof openCaches>>;
let routes: ResourceApp;

const routesOn = (caches: TradingCaches): Promise<ResourceApp> =>
  ResourceApp.open({
    ...contextParts,
    providers: [...contextParts.providers, { provide: TradingCaches, useValue: caches }],
  });

beforeAll(async () => {
  open = await openCaches(memoryDriver);
  routes = await routesOn(open.caches);
});
beforeEach(() =>
  routes
    .get(Postgres)
    .rows(
      Prisma.sql`TRUNCATE agent_analyses, agent_learnings, user_preferences, memory_preferences, memory_analyses RESTART IDENTITY`,
    ),
);
afterAll(async () => {
  await routes.close();
  await open.close();
});

type Method = Parameters<ResourceApp['ask']>[0];
const ask = (method: Method, path: string, body?: unknown, headers = {}): Promise<Answered> =>
  routes.ask(method, `${root}${path}`, body, headers);
const get = async (path: string) => (await ask('GET', path)).body;

describe('analyses', () => {
  const anAnalysis = { symbol: 'TCS', agent_type: 'pattern', score: 62.5, signals: ['up', null, { a: 1.25 }] };

  it('are stored with empty objects for what is left out, once for a key, and found with all of them', async () => {
    const key = { 'idempotency-key': 'analysis-1' };
    const first = await ask('POST', '/analyses', { ...anAnalysis, metadata: null }, key);
    expect(first).toMatchObject({
      status: 201,
      body: { ...anAnalysis, id: 1, confidence: null, metadata: {}, global_context: {}, policy_context: {} },
    });
    const second = await ask('POST', '/analyses', { ...anAnalysis, metadata: null }, key);
    expect([second.body, second.headers['idempotency-replayed']]).toEqual([first.body, 'true']);
    expect(await get('/analyses/latest?symbol=TCS&agent_type=pattern')).toEqual(first.body);
    const { global_context: _global, policy_context: _policy, ...listed } = first.body;
    expect(await get('/analyses?symbol=TCS')).toEqual({ items: [listed], next: null });
  });

  it('are too old after some minutes, and there are others', async () => {
    await ask('POST', '/analyses', anAnalysis);
    await routes
      .get(Postgres)
      .rows(Prisma.sql`UPDATE agent_analyses SET created_at = now() - interval '31 minutes' RETURNING 1`);
    const latest = '/analyses/latest?symbol=TCS&agent_type=pattern';
    expect(await ask('GET', latest)).toMatchObject({ status: 404, body: { code: 'CONTEXT_ANALYSIS_UNKNOWN' } });
    expect(await ask('GET', `${latest}&max_age_minutes=32`)).toMatchObject({ status: 200, body: { id: 1 } });
    expect((await ask('GET', '/analyses/latest?symbol=tcs&agent_type=pattern&max_age_minutes=60')).status).toBe(404);
  });

  // [run] of the contract: the legacy call raised where a column was NULL, and NaN went into JSON.
  it('are shown with what is null or no number', async () => {
    await routes
      .get(Postgres)
      .rows(Prisma.sql`INSERT INTO agent_analyses (symbol, agent_type, score) VALUES ('TCS', 'p', 'NaN')`);
    expect(await get('/analyses/latest?symbol=TCS&agent_type=p')).toMatchObject({ score: null, signals: null });
  });

  it('are listed newest first, a page at a time, also of one agent', async () => {
    for (const agent of ['a', 'b', 'a']) await ask('POST', '/analyses', { ...anAnalysis, agent_type: agent });
    const first = await get('/analyses?symbol=TCS&limit=2');
    const second = await get(`/analyses?symbol=TCS&limit=2&cursor=${first.next}`);
    const ids = [...first.items, ...second.items].map(({ id }: { id: number }) => id);
    expect([ids, second.next]).toEqual([[3, 2, 1], null]);
    expect((await get('/analyses?symbol=TCS&agent_type=a')).items).toHaveLength(2);
  });

  it('are listed in smaller pages where they are large, and all of them', async () => {
    const metadata = { text: 'x'.repeat(900_000) };
    for (let i = 0; i < 11; i++) await ask('POST', '/analyses', { ...anAnalysis, metadata });
    const ids: number[][] = [];
    for (let cursor = '', more = true; more;) {
      const page = await get(`/analyses?symbol=TCS&limit=500${cursor}`);
      ids.push(page.items.map(({ id }: { id: number }) => id));
      cursor = `&cursor=${page.next}`;
      more = page.next !== null;
    }
    expect(ids).toEqual([
      [11, 10, 9, 8],
      [7, 6, 5, 4],
      [3, 2, 1],
    ]);
  });

  it.each([
    ['no symbol', { symbol: undefined }],
    ['a NUL in the reasoning', { reasoning: 'a\0b' }],
    ['half a character inside of signals', { signals: [{ a: '\ud83d' }] }],
    ['a list for metadata', { metadata: [] }],
    ['a score as text', { score: 'NaN' }],
    ['a number that reading rounded', { signals: 9_007_199_254_740_992 }],
    ['an overlong agent', { agent_type: 'x'.repeat(201) }],
    ['a name of every object', { metadata: { constructor: 1 } }],
  ])('refuse %s', async (_what, over) => {
    expect(await ask('POST', '/analyses', { ...anAnalysis, ...over })).toMatchObject({ status: 422 });
  });

  it.each([
    ...['/analyses', '/analyses?symbol=TCS&days=0', '/analyses?symbol=TCS&cursor=x', '/analyses?symbol=%00'],
    ...['/analyses/latest?symbol=TCS', '/analyses/latest?symbol=TCS&agent_type=p&max_age_minutes=NaN'],
    ...['/memory-analyses', '/memory-analyses?symbol=TCS&limit=501', '/learnings?agent_type='],
  ])('refuse the question %s', async (path) => expect(await ask('GET', path)).toMatchObject({ status: 422 }));
});

describe("the memory manager's analyses", () => {
  it('come oldest first', async () => {
    for (const hours of [1, 3, 2])
      await routes.get(Postgres).rows(Prisma.sql`
        INSERT INTO memory_analyses (symbol, agent_type, result, timestamp)
        VALUES ('TCS', 'p', ${JSON.stringify({ hours })}::jsonb, now() - ${`${hours} hours`}::interval)`);
    const first = await get('/memory-analyses?symbol=TCS&limit=2');
    const second = await get(`/memory-analyses?symbol=TCS&limit=2&cursor=${first.next}`);
    const hours = [...first.items, ...second.items].map(({ result }: { result: { hours: number } }) => result.hours);
    expect(hours).toEqual([3, 2, 1]);
    expect((await get('/memory-analyses?symbol=TCS&agent_type=q')).items).toEqual([]);
    const elsewhere = await ask('GET', `/analyses?symbol=TCS&cursor=${first.next}`);
    expect(elsewhere).toMatchObject({ status: 422, body: { code: 'API_REQUEST_INVALID' } });
  });
});

describe('learnings', () => {
  it('are stored and listed, the last one first', async () => {
    const first = await ask('POST', '/learnings', {
      agent_type: 'a',
      pattern_recognized: 'x',
      accuracy: 0.5,
      sample_size: 3,
    });
    expect(first).toMatchObject({ status: 201, body: { id: 1, agent_type: 'a', accuracy: 0.5, sample_size: 3 } });
    await ask('POST', '/learnings', { agent_type: 'b' });
    const page = await get('/learnings?limit=1');
    expect(page.items).toMatchObject([{ id: 2, pattern_recognized: null, accuracy: null }]);
    expect(await get(`/learnings?limit=1&cursor=${page.next}`)).toEqual({ items: [first.body], next: null });
    expect((await get('/learnings?agent_type=a')).items).toEqual([first.body]);
  });

  it.each([
    {},
    { agent_type: 'a', sample_size: -1 },
    { agent_type: 'a', sample_size: 1.5 },
    { agent_type: 'a', accuracy: [] },
  ])('refuse %j', async (body) => expect(await ask('POST', '/learnings', body)).toMatchObject({ status: 422 }));
});

describe('preferences', () => {
  const theme = '/preferences/u%2F1/theme';
  const put = (value: unknown, headers = {}) => ask('PUT', theme, { value }, headers);

  it('are none for an unknown user, and each a value of any kind', async () => {
    expect(await ask('GET', '/preferences/nobody')).toMatchObject({ status: 200, body: { preferences: {} } });
    expect(await ask('GET', theme)).toMatchObject({ status: 404, body: { code: 'CONTEXT_PREFERENCE_UNKNOWN' } });
    for (const value of [null, false, 0, '', [1], { a: { b: null } }]) {
      expect((await put(value)).body).toMatchObject({ user_id: 'u/1', pref_key: 'theme', value });
      expect((await get(theme)).value).toEqual(value);
    }
    expect(await get('/preferences/u%2F1')).toEqual({ user_id: 'u/1', preferences: { theme: { a: { b: null } } } });
  });

  it('change only for who has seen the value that counts', async () => {
    const first = await put('a');
    expect((await ask('GET', theme)).headers.etag).toBe(first.headers.etag);
    const second = await put('b', { 'if-match': String(first.headers.etag) });
    expect(second.status).toBe(200);
    for (const answer of [
      await put('c', { 'if-match': String(first.headers.etag) }),
      await ask('DELETE', theme, undefined, { 'if-match': String(first.headers.etag) }),
    ])
      expect(answer).toMatchObject({ status: 412, body: { code: 'TRADING_OUTDATED' } });
    expect((await get(theme)).value).toBe('b');
    const removed = await ask('DELETE', theme, undefined, { 'if-match': String(second.headers.etag) });
    expect(removed).toMatchObject({ status: 200, body: { value: 'b' } });
    expect((await ask('DELETE', theme)).status).toBe(404);
    expect((await put('d', { 'if-match': '*' })).status).toBe(412);
  });

  it('are made by one of many who ask that there be none', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, (_v, i) => put(i, { 'if-none-match': '*' })));
    const winners = all.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(all.filter(({ status }) => status === 412)).toHaveLength(7);
    expect((await get(theme)).value).toBe(winners[0]?.body.value);
  });

  it.each(['context', 'memory'])('that %s holds are changed by one of many who saw the same', async (store) => {
    if (store === 'context') await put('seen');
    else
      await routes.get(Postgres).rows(Prisma.sql`
        INSERT INTO memory_preferences (user_id, pref_key, pref_value, updated_at) VALUES ('u/1', 'theme', '"seen"', now())`);
    const { etag } = (await ask('GET', theme)).headers;
    const all = await Promise.all(Array.from({ length: 8 }, (_v, i) => put(i, { 'if-match': String(etag) })));
    const winners = all.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(all.filter(({ status }) => status === 412)).toHaveLength(7);
    expect((await get(theme)).value).toBe(winners[0]?.body.value);
  });

  it('are written by many at once where nobody says what was seen', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, (_v, i) => put(i)));
    expect(all.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(await routes.get(Postgres).rows(Prisma.sql`SELECT 1 FROM user_preferences`)).toHaveLength(1);
  });

  it.each([
    ['no value', {}],
    ['another field', { value: 1, ttl: 1 }],
    ['half a character', { value: ['\udc00'] }],
    ['a list of values', [1]],
  ])('refuse %s', async (_what, body) => expect(await ask('PUT', theme, body)).toMatchObject({ status: 422 }));

  it('refuse a user or a key that no row can hold', async () => {
    for (const path of ['/preferences/%00', '/preferences/u/%00', '/preferences/u/x%00'])
      expect(await ask('GET', path)).toMatchObject({ status: 422 });
  });

  it('of a user have a bound together, also where many are made at once', async () => {
    const store = (prefKey: string, letters: number, userId = 'u/1') =>
      routes
        .get(Postgres)
        .transaction((tx) => routes.get(PreferencesService).put(tx, { userId, prefKey }, 'x'.repeat(letters), {}));
    const all = await Promise.allSettled(Array.from({ length: 8 }, (_v, i) => store(`k${i}`, 1_000_000)));
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toMatchObject(Array(4).fill({ code: 'API_REQUEST_INVALID' }));
    const [kept = ''] = Object.keys((await get('/preferences/u%2F1')).preferences);
    await expect(store(kept, 1_300_000)).rejects.toMatchObject({ code: 'API_REQUEST_INVALID' });
    await store(kept, 900_000);
    await store('more', 100_000);
    await store('k0', 1_000_000, 'u/2');
  });

  it('of a user who brought more than that may become smaller', async () => {
    await routes.get(Postgres).rows(Prisma.sql`
      INSERT INTO user_preferences (user_id, pref_key, pref_value)
      SELECT 'u/1', 'k' || i, to_jsonb(repeat('x', 1000000)) FROM generate_series(1, 6) AS i`);
    const key = '/preferences/u%2F1/k1';
    expect((await ask('PUT', key, { value: 'small' })).status).toBe(200);
    expect(await ask('PUT', key, { value: 'larger' })).toMatchObject({
      status: 422,
      body: { code: 'API_REQUEST_INVALID' },
    });
  });

  it('refuse a user and a key that no index can hold, and take what one can', async () => {
    const store = (userId: string, prefKey: string) =>
      routes.get(Postgres).transaction((tx) => routes.get(PreferencesService).put(tx, { userId, prefKey }, 1, {}));
    // Of letters that nothing compresses, three bytes each.
    const letters = (count: number): string =>
      Array.from({ length: count }, (_v, i) => String.fromCodePoint(0x4e00 + ((i * 7_919 + 13) % 20_000))).join('');
    await expect(store(letters(600), letters(267))).rejects.toMatchObject({ code: 'API_REQUEST_INVALID' });
    expect(await store(letters(600), letters(266))).toMatchObject({ pref_value: 1 });
  });
});

describe('context memory', () => {
  const entry = '/memory/session/a%3Ab%2Fc';

  // [run] of the contract: a stored null is a value, and not the default.
  it.each([null, 0, 'x', [1], { a: null }])('keeps %j', async (value) => {
    expect(await ask('PUT', entry, { value, ttl: 60 })).toMatchObject({ status: 200, body: { value, ttl: 60 } });
    expect(await ask('GET', entry)).toMatchObject({
      status: 200,
      body: { context_type: 'session', key: 'a:b/c', value },
    });
  });

  it('forgets, and says whether there was something', async () => {
    await ask('PUT', entry, { value: 1 });
    expect([(await ask('DELETE', entry)).body, (await ask('DELETE', entry)).body]).toEqual([
      { removed: 1 },
      { removed: 0 },
    ]);
    expect(await ask('GET', entry)).toMatchObject({ status: 404, body: { code: 'CONTEXT_ENTRY_UNKNOWN' } });
  });

  it('lives an hour unless it is told', async () => {
    expect((await ask('PUT', entry, { value: 1 })).body.ttl).toBe(3600);
  });

  it.each([
    ['a life of 0', { value: 1, ttl: 0 }],
    ['a negative life', { value: 1, ttl: -5 }],
    ['a part of a second', { value: 1, ttl: 0.5 }],
    ['a life without end', { value: 1, ttl: 1e300 }],
    ['no value', { ttl: 60 }],
    ['a NUL', { value: '\0' }],
    ['a negative zero as text of the life', { value: 1, ttl: '-0' }],
  ])('refuses %s', async (_what, body) => expect(await ask('PUT', entry, body)).toMatchObject({ status: 422 }));

  it('refuses a value that is too large for it, and a key that is none', async () => {
    expect((await ask('PUT', entry, { value: 'x'.repeat(2_000_000) })).status).toBeGreaterThanOrEqual(413);
    expect((await ask('PUT', '/memory/session/%00', { value: 1 })).status).toBe(422);
  });

  it('takes nothing while Redis is away, and does not say that there is nothing', async () => {
    const away = await routesOn(open.another({ away: true }));
    try {
      const url = `${root}${entry}`;
      for (const [method, body] of [
        ['PUT', { value: 1 }],
        ['GET', undefined],
        ['DELETE', undefined],
      ] as const)
        // prettier-ignore
        expect(await away.ask(method, url, body)).toMatchObject({ status: 503, body: { code: 'TRADING_CACHE_AWAY' } });
      expect((await away.ask('GET', `${root}/statistics`)).body).toMatchObject({ total_context_entries: null });
    } finally {
      await away.close();
    }
  });
});

describe('statistics', () => {
  it('count what there is, users of either store once', async () => {
    await ask('POST', '/analyses', { symbol: 'TCS', agent_type: 'p' });
    await ask('PUT', '/preferences/u1/a', { value: 1 });
    await routes.get(Postgres).rows(Prisma.sql`
      INSERT INTO memory_preferences (user_id, pref_key, pref_value, updated_at) VALUES ('u1', 'b', '1', now()), ('u2', 'b', '1', now())`);
    await ask('DELETE', '/memory/session/a%3Ab%2Fc');
    await ask('PUT', '/memory/session/1', { value: 1 });
    const statistics = await get('/statistics');
    expect(statistics).toMatchObject({ total_analyses: 1, total_context_entries: 1, total_users: 2 });
    expect(statistics.database_size_mb).toBeCloseTo(statistics.database_size_bytes / 1_048_576, 1);
  });
});
