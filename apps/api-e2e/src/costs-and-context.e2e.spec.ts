import { freshDatabase, freshRedis, type FreshDatabase, type FreshRedis } from '@sluice/testing';
import { ApiProcess, type Answer } from './api-process';

let database: FreshDatabase;
let redis: FreshRedis;
let api: ApiProcess;

beforeAll(async () => {
  [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
  api = await ApiProcess.start({ DATABASE_URL: database.url, REDIS_URL: redis.url, LLM_DAILY_BUDGET_USD: '0.06' });
});
afterAll(async () => {
  await api.stop();
  await Promise.all([database.drop(), redis.flush()]);
});

async function send(method: string, target: string, body: string, headers = {}): Promise<Answer> {
  const response = await fetch(`${api.url}${target}`, {
    ...{ method, body },
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

describe('LLM costs', () => {
  it('log a request once and count it in the budget of the settings', async () => {
    const request = JSON.stringify({ model: 'gpt-4', tokens_input: 1000, tokens_output: 500 });
    for (const replayed of [null, 'true']) {
      const { status, headers, body } = await send('POST', '/v1/llm-costs/requests', request, {
        'idempotency-key': 'a',
      });
      expect([status, headers.get('idempotency-replayed'), body.cost_usd]).toEqual([201, replayed, '0.06']);
    }
    expect((await api.get('/v1/llm-costs/requests')).body.items).toHaveLength(1);
    expect((await api.get('/v1/llm-costs/budget?model=gpt-4')).body).toMatchObject({
      ...{ status: 'EXCEEDED', budget_usd: 0.06, spent_usd: 0.06, recommended_model: 'gpt-4-turbo' },
    });
    expect((await api.get('/v1/llm-costs/usage')).body).toMatchObject({ total_requests: 1, total_cost_usd: 0.06 });
  });

  it('say what is wrong as problem details, without the value', async () => {
    const { status, headers, body, text } = await send(
      'POST',
      '/v1/llm-costs/requests',
      '{"model":"hunter2","tokens_input":-700700700}',
    );
    expect([status, headers.get('content-type')]).toEqual([422, 'application/problem+json']);
    expect(body).toMatchObject({ code: 'API_REQUEST_INVALID', instance: '/v1/llm-costs/requests' });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      expect.arrayContaining(['/tokens_input', '/tokens_output']),
    );
    expect(text).not.toMatch(/hunter2|700700700/);
  });
});

describe('context', () => {
  it('keeps an analysis, a preference under its tag, and a memory in Redis', async () => {
    const analysis = JSON.stringify({ symbol: 'M&M', agent_type: 'pattern', score: 70 });
    expect((await send('POST', '/v1/context/analyses', analysis)).status).toBe(201);
    expect((await api.get('/v1/context/analyses/latest?symbol=M%26M&agent_type=pattern')).body.score).toBe(70);

    const preference = '/v1/context/preferences/user%2F1/theme';
    const { headers } = await send('PUT', preference, '{"value": null}');
    const tag = { 'if-match': headers.get('etag') ?? '' };
    expect((await send('PUT', preference, '{"value": 1}', tag)).status).toBe(200);
    expect((await send('PUT', preference, '{"value": 2}', tag)).status).toBe(412);

    const known = (await api.get(preference)).headers.get('etag') ?? '';
    const unchanged = await api.get(preference, { 'if-none-match': `"0", W/${known}` });
    expect([unchanged.status, unchanged.text, unchanged.headers.get('etag')]).toEqual([304, '', known]);
    const head = await fetch(`${api.url}${preference}`, { method: 'HEAD', headers: { 'if-none-match': known } });
    expect([head.status, head.headers.get('etag')]).toEqual([304, known]);
    expect((await api.get(preference, { 'if-none-match': '"0"' })).body).toMatchObject({ value: 1 });
    expect((await send('PUT', preference, '{"value": 2}', { 'if-none-match': '*' })).status).toBe(412);

    const memory = '/v1/context/memory/session/user%2F1%3Aa';
    expect((await send('PUT', memory, '{"value": null, "ttl": 60}')).status).toBe(200);
    expect((await api.get(memory)).body).toEqual({ context_type: 'session', key: 'user/1:a', value: null });
    expect((await api.get('/v1/context/statistics')).body).toMatchObject({
      ...{ total_analyses: 1, total_context_entries: 1, total_users: 1 },
    });
  });
});

const values = [
  'null',
  '-1',
  '1e999',
  '1.5',
  '"NaN"',
  '"\\u0000"',
  '"\\ud83d"',
  '{"constructor":1}',
  `"${'x'.repeat(9_999)}"`,
];

const at = '2026-01-09T10:00:00Z';

it.each([
  ['POST', '/v1/llm-costs/requests', { model: 'gpt-4', tokens_input: 1, tokens_output: 1, created_at: at }],
  ['POST', '/v1/llm-costs/prices', { model: 'm', input_per_1k_usd: '1', output_per_1k_usd: '1', valid_from: at }],
  ['POST', '/v1/llm-costs/retention', { days: 90, dry_run: true, limit: 10 }],
  [
    'POST',
    '/v1/context/analyses',
    { symbol: 'TCS', agent_type: 'a', score: 1, signals: {}, reasoning: '', metadata: {} },
  ],
  ['POST', '/v1/context/learnings', { agent_type: 'a', pattern_recognized: 'p', accuracy: 1, sample_size: 1 }],
  ['PUT', '/v1/context/preferences/u/k', { value: 1 }],
  ['PUT', '/v1/context/memory/t/k', { value: 1, ttl: 60 }],
])('%s %s fails for no value of a field', async (method, target, body) => {
  for (const name of Object.keys(body))
    for (const value of values) {
      const text = JSON.stringify({ ...body, [name]: 'HERE' }).replace('"HERE"', () => value);
      const { status } = await send(method, target, text, { 'idempotency-key': `${name}:${values.indexOf(value)}` });
      const isRefused = ![200, 201, 409].includes(status);
      expect([name, value.slice(0, 20), isRefused ? status : 422]).toEqual([name, value.slice(0, 20), 422]);
    }
});
