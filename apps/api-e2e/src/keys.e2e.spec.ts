import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiKeys, type NewApiKey, Postgres } from '@sluice/postgres';
import { freshDatabase, freshRedis, until, type FreshDatabase, type FreshRedis } from '@sluice/testing';
import { ApiProcess, runApi } from './api-process';

interface Sent {
  readonly method?: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

describe('an API that asks for keys', () => {
  let database: FreshDatabase;
  let redis: FreshRedis;
  let postgres: Postgres;
  let keys: ApiKeys;
  let api: ApiProcess;
  let reader: NewApiKey;
  let writer: NewApiKey;
  let admin: NewApiKey;

  beforeAll(async () => {
    [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
    postgres = new Postgres({ url: database.url });
    keys = new ApiKeys(postgres);
    [reader, writer, admin] = await Promise.all([
      keys.create('reader', ['read'], null),
      keys.create('writer', ['write'], null),
      keys.create('admin', ['admin'], null),
    ]);
    api = await ApiProcess.start({
      ...{ DATABASE_URL: database.url, REDIS_URL: redis.url, API_AUTH: '', API_RATE_PER_MINUTE: '1000' },
      ...{
        API_ANONYMOUS_RATE_PER_MINUTE: '500',
        API_CORS_ORIGINS: 'https://app.example',
        API_BODY_LIMIT_BYTES: '2048',
      },
    });
  });
  afterAll(async () => {
    await api.stop();
    await postgres.close();
    await Promise.all([database.drop(), redis.flush()]);
  });

  const send = async (target: string, { method = 'GET', key, headers = {}, body }: Sent = {}) => {
    const response = await fetch(`${api.url}${target}`, {
      ...{ method, headers: { ...headers, ...(key ? { authorization: `Bearer ${key}` } : {}) } },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  };
  const statusOf = async (target: string, sent: Sent = {}): Promise<number> => (await send(target, sent)).status;

  const read = '/v1/top-picks/status';

  it('lets probes and the documentation in, and nobody else without a key', async () => {
    for (const target of ['/health/live', '/health/ready', '/docs', '/docs/swagger-ui-bundle.js', '/openapi.json'])
      expect([target, await statusOf(target)]).toEqual([target, 200]);
    for (const target of [read, '/health', '/v1/admin/caches', '/nothing', '/v1/nothing', '/'])
      expect([target, await statusOf(target)]).toEqual([target, 401]);
  });

  it('says how to authenticate, as problem details and in the legacy shape', async () => {
    const own = await send('/v1/admin/caches');
    expect(own.headers.get('www-authenticate')).toBe('Bearer realm="sluice"');
    expect(own.headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.parse(own.text)).toMatchObject({ status: 401, code: 'API_KEY_MISSING', requestId: expect.any(String) });
    const legacy = await send(read);
    expect(JSON.parse(legacy.text)).toEqual({ detail: 'An API key is needed.' });
  });

  it('takes a key as Bearer or as X-API-Key', async () => {
    expect(await statusOf(read, { key: reader.text })).toBe(200);
    expect(await statusOf(read, { headers: { 'x-api-key': reader.text } })).toBe(200);
    expect(await statusOf(read, { headers: { authorization: `bearer ${reader.text}` } })).toBe(200);
  });

  it.each([
    ['a wrong secret', (text: string) => text.slice(0, -2) + (text.endsWith('AA') ? 'BB' : 'AA')],
    ['another id', (text: string) => text.replace(/_[\da-f]{12}_/, '_000000000000_')],
    ['no form of a key', () => 'hunter2'],
    ['an empty text', () => ''],
    ['an overlong text', () => `sluice_${'a'.repeat(8_000)}`],
  ])('refuses %s', async (_what, change) => {
    const { status, headers } = await send(read, { headers: { 'x-api-key': change(reader.text) } });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="sluice"/);
  });

  it('keeps each key to its scope, however the path is spelled', async () => {
    const clear = { method: 'POST', key: writer.text };
    expect(await statusOf(read, { key: writer.text })).toBe(403);
    for (const target of [
      '/v1/cache/clear',
      '/v1/cache/invalidate',
      '/admin/clear-cache',
      '/v1/admin/caches/sr/clear',
    ]) {
      expect([target, await statusOf(target, clear)]).toEqual([target, 403]);
      expect([target, await statusOf(target, { ...clear, key: admin.text })]).toEqual([target, 200]);
    }
    for (const target of ['/v1/admin/caches', '/v1/%61dmin/caches', '/v1/admin/c%61ches/sr/keys'])
      expect([target, await statusOf(target, { key: reader.text })]).toEqual([target, 403]);
    expect(await statusOf('/v1/admin/caches', { key: admin.text })).toBe(200);
    const { headers } = await send(read, { key: writer.text });
    expect(headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="read"');
  });

  it('refuses an expired key at once, and a revoked one as soon as it is not remembered any more', async () => {
    const { key: soon, text: expired } = await keys.create('expired', ['read'], 1);
    expect(soon.expiresAt).not.toBeNull();
    expect(await statusOf(read, { key: expired })).toBe(401);
    const { key, text } = await keys.create('revoked', ['read'], null);
    expect(await statusOf(read, { key: text })).toBe(200);
    await keys.revoke(key.id);
    await until(async () => (await statusOf(read, { key: text })) === 401);
  });

  it('lets an old key and its successor both in while they overlap', async () => {
    const { key, text } = await keys.create('rotated', ['read'], null);
    const next = await keys.rotate(key.id, 3_600_000);
    for (const one of [text, next.text]) expect(await statusOf(read, { key: one })).toBe(200);
  });

  it('takes the same idempotency key of two API keys as two', async () => {
    const body = JSON.stringify({ model: 'gpt-4', tokens_input: 1, tokens_output: 1 });
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'once' };
    const log = (key: string) => send('/v1/llm-costs/requests', { method: 'POST', key, headers, body });
    const [first, again, other] = [await log(writer.text), await log(writer.text), await log(admin.text)];
    expect([first.status, again.status, other.status]).toEqual([201, 201, 201]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.text).toBe(first.text);
    expect(other.headers.get('idempotency-replayed')).toBeNull();
    expect(JSON.parse(other.text).id).not.toBe(JSON.parse(first.text).id);
  });

  it('notes when a key was used', async () => {
    await statusOf(read, { key: reader.text });
    const used = async () => (await keys.find(reader.key.id))?.lastUsedAt;
    await until(used);
  });

  it('sends security headers with every answer, and says what is left of the limit', async () => {
    for (const target of [read, '/docs', '/health/live', '/nothing']) {
      const { headers } = await send(target, { key: reader.text });
      expect([target, headers.get('x-content-type-options')]).toEqual([target, 'nosniff']);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
    const { headers } = await send(read, { key: reader.text });
    expect(headers.get('ratelimit-policy')).toBe('"minute";q=1000;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"minute";r=\d+;t=\d+$/);
  });

  it('answers the pages of listed sites only', async () => {
    const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } };
    const asked = (origin: string) => send(read, { ...preflight, headers: { ...preflight.headers, origin } });
    const listed = await asked('https://app.example');
    expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://app.example']);
    expect(listed.headers.get('x-request-id')).toBeTruthy();
    expect(listed.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await statusOf(read, { method: 'OPTIONS' })).toBe(204); // And no text of another shape.
    expect((await asked('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const refused = await send(read, { headers: { origin: 'https://app.example' } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, 'https://app.example']);
  });

  it('refuses a body above the limit, and headers above theirs', async () => {
    const json = { method: 'PATCH', key: admin.text, headers: { 'content-type': 'application/json' } };
    const large = await send('/v1/admin/caches/sr/policy', { ...json, body: JSON.stringify({ a: 'x'.repeat(3_000) }) });
    expect([large.status, JSON.parse(large.text).code]).toEqual([413, 'HTTP_PAYLOAD_TOO_LARGE']);
    const head = await new Promise<{ status: number | undefined; type: string | undefined }>((resolve, reject) =>
      httpRequest(`${api.url}/health/live`, { headers: { 'x-long': 'x'.repeat(20_000) } }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode, type: answer.headers['content-type'] });
      })
        .on('error', reject)
        .end(),
    );
    expect(head).toEqual({ status: 431, type: 'application/problem+json' });
  });

  it('does not read a body before it knows who asks', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(await statusOf('/v1/admin/caches/sr/policy', { method: 'PATCH', headers, body: '{not json' })).toBe(401);
  });
});

describe('the limits of requests', () => {
  let database: FreshDatabase;
  let redis: FreshRedis;
  let text: string;
  const settings = () => ({
    ...{ DATABASE_URL: database.url, REDIS_URL: redis.url, API_AUTH: 'keys' },
    ...{ API_RATE_PER_MINUTE: '40', API_ANONYMOUS_RATE_PER_MINUTE: '20', LOG_LEVEL: 'debug' },
  });

  beforeAll(async () => {
    [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
    const postgres = new Postgres({ url: database.url });
    ({ text } = await new ApiKeys(postgres).create('busy', ['read'], null));
    await postgres.close();
  });
  afterAll(() => Promise.all([database.drop(), redis.flush()]));

  it('hold for a key over two processes, and for an address that guesses keys', async () => {
    const [one, other] = await Promise.all([ApiProcess.start(settings()), ApiProcess.start(settings())]);
    try {
      const ask = (api: ApiProcess, key: string) => api.get('/v1/top-picks/status', { 'x-api-key': key });
      const answers = await inOneMinute([one, other], () =>
        Promise.all(Array.from({ length: 100 }, (_, i) => ask(i % 2 ? one : other, text))),
      );
      const granted = answers.filter(({ status }) => status === 200).length;
      expect(granted).toBeGreaterThanOrEqual(36); // A process may keep a share that nobody asks it for.
      expect(granted).toBeLessThanOrEqual(40); // Each by itself would grant as many.
      const refused = answers.find(({ status }) => status === 429);
      expect(refused?.body).toEqual({ detail: expect.stringContaining('Too many requests') });
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
      const guesses = await Promise.all(
        Array.from({ length: 40 }, (_, i) => ask(one, `sluice_${String(i).padStart(12, '0')}_${'a'.repeat(43)}`)),
      );
      expect(guesses.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(20);
      expect(guesses.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(20);
      expect((await one.get('/health/ready')).status).toBe(200);
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
  });
});

/** A process that gave Redis up rests from it so long. */
const AWAY_MS = 2_000;
const ALONE = 'requests are counted by this process alone';

/**
 * Asks within one minute of the clock, which is one window, and one in which Redis answered all processes in time: one that
 * waited too long, on a busy machine, grants the limit by itself for a while, and says so.
 */
async function inOneMinute<T>(processes: readonly ApiProcess[], ask: () => Promise<T>): Promise<T> {
  const timesAlone = (): number => processes.reduce((sum, { log }) => sum + log().split(ALONE).length - 1, 0);
  for (let known = 0; ; known = timesAlone()) {
    const leftMs = 60_000 - (Date.now() % 60_000);
    if (leftMs < 20_000 || known > 0) await delay(leftMs + AWAY_MS + 100);
    const asked = await ask();
    if (timesAlone() === known) return asked;
  }
}

it('does not start without keys on an address that others can connect to', async () => {
  const { code, stderr } = await runApi({
    ...{ DATABASE_URL: 'postgresql://127.0.0.1:1/none', HOST: '0.0.0.0', API_AUTH: 'loopback' },
  });
  expect([code, stderr]).toEqual([2, expect.stringContaining('API_AUTH_NOT_LOOPBACK')]);
});
