import { Postgres, Prisma } from '@sluice/postgres';
import { ResourceApp } from '../http/resource-app.fixture';
import { costsParts } from './costs.parts';
import { LlmCostSettings } from './llm-costs.service';

let routes: ResourceApp;
const root = '/v1/llm-costs';

beforeAll(async () => {
  const settings = { provide: LlmCostSettings, useValue: { dailyBudgetUsd: '10' } };
  routes = await ResourceApp.open({ ...costsParts, providers: [...costsParts.providers, settings] });
});
beforeEach(() => routes.get(Postgres).rows(Prisma.sql`TRUNCATE llm_requests, llm_requests_archive RESTART IDENTITY`));
afterAll(() => routes.close());

const aRequest = (over: object = {}) => ({ model: 'gpt-4', tokens_input: 1000, tokens_output: 500, ...over });
const log = (over: object = {}, headers = {}) => routes.ask('POST', `${root}/requests`, aRequest(over), headers);
const get = async (path: string) => (await routes.ask('GET', `${root}${path}`)).body;

describe('POST requests', () => {
  it('answers what was logged, with its exact cost', async () => {
    const { status, body } = await log({ created_at: '2026-01-09T15:30:00.5+05:30' });
    expect(status).toBe(201);
    expect(body).toEqual({
      ...{ id: 1, model: 'gpt-4', tokens_input: 1000, tokens_output: 500, cost_usd: '0.06' },
      ...{ created_at: '2026-01-09T10:00:00.500000Z', default_priced: false },
    });
  });

  it('logs once for one key, however often and by however many it is asked for', async () => {
    const key = { 'idempotency-key': 'log-1' };
    const all = await Promise.all(Array.from({ length: 5 }, () => log({}, key)));
    expect(new Set(all.map(({ body }) => body.id)).size).toBe(1);
    expect(all.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(4);
    expect((await get('/requests')).items).toHaveLength(1);
    expect(await log({ tokens_input: 1 }, key)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });

  it('says that no price was valid', async () => {
    expect(await log({ created_at: '1969-12-31T00:00:00Z' })).toMatchObject({
      ...{ status: 422, body: { code: 'LLM_PRICE_MISSING' } },
    });
  });

  it.each([
    ['no model', { model: undefined }],
    ['an empty model', { model: '' }],
    ['an overlong model', { model: 'x'.repeat(201) }],
    ['a NUL', { model: 'a\0b' }],
    ['half a character', { model: '\ud83d' }],
    ['null tokens', { tokens_input: null }],
    ['negative tokens', { tokens_output: -1 }],
    ['a part of a token', { tokens_output: 0.5 }],
    ['tokens as text', { tokens_input: '10' }],
    ['NaN as text', { tokens_input: 'NaN' }],
    ['too many tokens', { tokens_input: 1e300 }],
    ['a time that is none', { created_at: 'yesterday' }],
    ['a time as a number', { created_at: 1 }],
    ['a field that there is not', { cost_usd: 0 }],
  ])('refuses %s', async (_what, over) => {
    expect(await log(over)).toMatchObject({ status: 422, body: { code: 'API_REQUEST_INVALID' } });
    expect((await get('/requests')).items).toEqual([]);
  });

  it.each([
    ['a number that is too large for one', '{"model":"gpt-4","tokens_input":1e999,"tokens_output":1}', 422],
    ['a list', '[]', 422],
    ['null', 'null', 422],
    ['text', '"x"', 422],
    ['half of JSON', '{"model":', 400],
    ['a name of every object', '{"model":"gpt-4","tokens_input":1,"tokens_output":1,"constructor":1}', 422],
    ['a nesting without end', `{"model":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 422],
  ])('refuses a body that is %s', async (_what, body, status) => {
    for (const headers of [{}, { 'idempotency-key': 'bad' }])
      expect(await routes.ask('POST', `${root}/requests`, body, headers)).toMatchObject({ status });
  });
});

describe('GET requests', () => {
  it('pages through everything once, filtered', async () => {
    for (let minute = 10; minute < 15; minute++) await log({ created_at: `2026-01-09T10:${minute}:00Z` });
    await log({ model: 'gpt-4-turbo' });
    const first = await get('/requests?model=gpt-4&limit=3');
    const second = await get(`/requests?model=gpt-4&limit=3&cursor=${first.next}`);
    expect([first.items.map(({ id }: { id: number }) => id), second.items.map(({ id }: { id: number }) => id)]).toEqual(
      [
        ...[
          [5, 4, 3],
          [2, 1],
        ],
      ],
    );
    expect(second.next).toBeNull();
    const bounds = 'since=2026-01-09T15:41:00%2B05:30&until=2026-01-09T10:13:00';
    expect((await get(`/requests?${bounds}`)).items).toHaveLength(2);
  });

  it.each([
    'limit=0',
    'limit=501',
    'limit=x',
    'cursor=x',
    'since=x',
    'model=',
    'model=%00',
    'model=a&model=b',
    'what=1',
  ])('refuses %s', async (query) =>
    expect(await routes.ask('GET', `${root}/requests?${query}`)).toMatchObject({ status: 422 }),
  );
});

describe('prices', () => {
  const price = { model: 'new', input_per_1k_usd: '0.5', output_per_1k_usd: '1.00000002', valid_from: '2026-01-01' };

  it('are added once for a time, and count from then on', async () => {
    expect(await routes.ask('POST', `${root}/prices`, price)).toMatchObject({
      ...{ status: 201, body: { ...price, valid_from: '2026-01-01T00:00:00Z' } },
    });
    expect(await routes.ask('POST', `${root}/prices`, price)).toMatchObject({
      ...{ status: 409, body: { code: 'LLM_PRICE_EXISTS' } },
    });
    expect((await log({ model: 'new' })).body).toMatchObject({ cost_usd: '1.00000001', default_priced: false });
  });

  it('are listed by model, in pages', async () => {
    const first = await get('/prices?limit=2');
    const second = await get(`/prices?limit=500&cursor=${first.next}`);
    const models = [...first.items, ...second.items].map(({ model }: { model: string }) => model);
    expect(models.filter((model) => model !== 'new')).toEqual(['default', 'gpt-3.5-turbo', 'gpt-4', 'gpt-4-turbo']);
    expect((await get('/prices?model=gpt-4')).items).toEqual([
      { model: 'gpt-4', input_per_1k_usd: '0.03', output_per_1k_usd: '0.06', valid_from: '1970-01-01T00:00:00Z' },
    ]);
  });

  it('are paged by models of the longest names in any script', async () => {
    const names = ['1', '2'].map((last) => '\u{1f680}'.repeat(199) + last);
    for (const model of names) await routes.ask('POST', `${root}/prices`, { ...price, model });
    const models: string[] = [];
    for (let cursor = '', more = true; more;) {
      const { items, next } = await get(`/prices?limit=1${cursor}`);
      models.push(items[0].model);
      cursor = `&cursor=${next}`;
      more = next !== null;
    }
    expect(models.slice(-2)).toEqual(names);
  });

  it.each([
    { input_per_1k_usd: 0.5 },
    { input_per_1k_usd: 'NaN' },
    { output_per_1k_usd: '-1' },
    { output_per_1k_usd: '10000' },
    { valid_from: null },
  ])('refuse %j', async (over) =>
    expect(await routes.ask('POST', `${root}/prices`, { ...price, ...over })).toMatchObject({ status: 422 }),
  );
});

describe('statistics', () => {
  // [run] of the contract: tokens are null, the cost is 0, the lists are empty.
  it('of an empty window', async () => {
    expect(await get('/usage')).toEqual({
      ...{ period_days: 7, total_requests: 0, total_input_tokens: null, total_output_tokens: null },
      ...{ total_cost_usd: 0, avg_cost_per_request: 0, by_model: [], daily_breakdown: [] },
    });
    expect(await get('/daily-spend')).toEqual({ date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), spent_usd: '0' });
  });

  // [run] of the contract: the legacy call failed with a TypeError.
  it('of a model whose costs are all null', async () => {
    await routes.get(Postgres).rows(Prisma.sql`INSERT INTO llm_requests (model) VALUES ('x')`);
    expect((await get('/usage')).by_model).toEqual([{ model: 'x', requests: 1, cost_usd: 0, default_priced: true }]);
  });

  it('round to two digits, and the average to four', async () => {
    await log({ model: 'gpt-4-turbo', tokens_input: 12_500, tokens_output: 0 });
    await log({ model: 'gpt-4o', tokens_input: 1, tokens_output: 0 });
    expect(await get('/usage?days=1')).toMatchObject({
      ...{ total_requests: 2, total_input_tokens: 12_501, total_output_tokens: 0, total_cost_usd: 0.13 },
      avg_cost_per_request: 0.0625,
      by_model: [
        { model: 'gpt-4-turbo', cost_usd: 0.12, default_priced: false },
        { model: 'gpt-4o', cost_usd: 0, default_priced: true },
      ],
    });
    expect((await get('/daily-spend')).spent_usd).toBe('0.12503');
  });

  it.each(['days=0', 'days=3651', 'days=NaN', 'days=1.5'])('refuse %s', async (query) =>
    expect(await routes.ask('GET', `${root}/usage?${query}`)).toMatchObject({ status: 422 }),
  );
});

describe('the budget', () => {
  it('is that of the settings, or the one that is asked about', async () => {
    await log({ tokens_input: 100_000, tokens_output: 100_000 }); // 9 dollars
    expect(await get('/budget?model=gpt-4')).toEqual({
      ...{ status: 'WARNING', spent_usd: 9, budget_usd: 10, remaining_usd: 1, percentage_used: 90, available: true },
      ...{ model: 'gpt-4', recommended_model: 'gpt-4' },
    });
    expect(await get('/budget?budget_usd=9.00&model=gpt-4')).toMatchObject({
      ...{ status: 'EXCEEDED', available: false, recommended_model: 'gpt-4-turbo' },
    });
    expect(await get('/budget?budget_usd=18.1')).toMatchObject({ status: 'OK', model: null, recommended_model: null });
  });

  it.each(['budget_usd=-1', 'budget_usd=1e3', 'budget_usd=NaN', 'budget_usd=', 'model=%00'])(
    'refuses %s',
    async (query) => expect(await routes.ask('GET', `${root}/budget?${query}`)).toMatchObject({ status: 422 }),
  );
});

describe('retention', () => {
  it('counts unless it is told to archive, and archives a bounded number at once', async () => {
    for (let i = 0; i < 3; i++) await log({ created_at: '2026-01-01T00:00:00Z' });
    await log();
    const retain = async (body: object) => (await routes.ask('POST', `${root}/retention`, body)).body;
    expect(await retain({ days: 1 })).toMatchObject({ dry_run: true, archived: 0, due: 3 });
    expect(await retain({ days: 1, dry_run: false, limit: 2 })).toMatchObject({ dry_run: false, archived: 2, due: 1 });
    expect(await retain({ days: 1, dry_run: false })).toMatchObject({ archived: 1, due: 0 });
    expect((await get('/requests')).items).toHaveLength(1);
    expect(await routes.get(Postgres).rows(Prisma.sql`SELECT 1 FROM llm_requests_archive`)).toHaveLength(3);
  });

  it.each([{}, { days: 0 }, { days: '90' }, { days: 90, dry_run: 'false' }, { days: 90, limit: 20_001 }])(
    'refuses %j',
    async (body) => expect(await routes.ask('POST', `${root}/retention`, body)).toMatchObject({ status: 422 }),
  );
});
