import { Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { LlmPriceRepository } from './llm-price.repository';
import { LlmRequestRepository, type LoggedLlmRequest, type NewLlmRequest } from './llm-request.repository';
import { LlmUsageRepository } from './llm-usage.repository';

let database: FreshDatabase;
let postgres: Postgres;
let prices: LlmPriceRepository;
let requests: LlmRequestRepository;
let usage: LlmUsageRepository;

beforeAll(async () => {
  database = await freshDatabase();
  postgres = new Postgres({ url: database.url });
  prices = new LlmPriceRepository(postgres);
  requests = new LlmRequestRepository(postgres);
  usage = new LlmUsageRepository(postgres);
});
beforeEach(() => postgres.rows(Prisma.sql`TRUNCATE llm_requests, llm_requests_archive RESTART IDENTITY`));
afterAll(async () => {
  await postgres.close();
  await database.drop();
});

const aRequest = (over: Partial<NewLlmRequest> = {}): NewLlmRequest => ({
  ...{ model: 'gpt-4', tokensInput: 1000, tokensOutput: 500, createdAt: '2026-01-09T10:00:00.000001Z' },
  ...over,
});
const log = (over: Partial<NewLlmRequest> = {}): Promise<LoggedLlmRequest | null> =>
  postgres.transaction((tx) => requests.log(tx, aRequest(over)));
const add = (model: string, input: string, output: string, validFrom: string) =>
  postgres.transaction((tx) =>
    prices.add(tx, { model, input_per_1k_usd: input, output_per_1k_usd: output, valid_from: validFrom }),
  );

describe('a logged request', () => {
  it.each([
    ['gpt-3.5-turbo', '0.0025', false],
    ['gpt-4-turbo', '0.025', false],
    ['gpt-4', '0.06', false],
    ['gpt-4o', '0.06', true],
    ['GPT-4', '0.06', true],
    ['sambanova:Meta-Llama-3.1-70B-Instruct', '0.06', true],
    ['default', '0.06', true],
  ])('of %s costs %s for 1000 and 500 tokens', async (model, cost, isDefaultPriced) => {
    expect(await log({ model })).toMatchObject({ cost_usd: cost, default_priced: isDefaultPriced });
  });

  it('costs nothing without tokens, and what one token costs with one', async () => {
    expect(await log({ tokensInput: 0, tokensOutput: 0 })).toMatchObject({ cost_usd: '0', tokens_input: 0 });
    expect(await log({ model: 'gpt-3.5-turbo', tokensInput: 1, tokensOutput: 0 })).toMatchObject({
      cost_usd: '0.0000015',
    });
  });

  it.each([
    [500, '0'],
    [501, '0.00000001'],
    [1500, '0.00000002'],
    [2499, '0.00000002'],
    [2500, '0.00000002'],
    [2501, '0.00000003'],
    [3500, '0.00000004'],
  ])('of %i tokens at a hundred-millionth of a dollar rounds half to even', async (tokensInput, cost) => {
    await add('tiny', '0.00000001', '0', '2026-01-01T00:00:00Z');
    expect(await log({ model: 'tiny', tokensInput, tokensOutput: 0 })).toMatchObject({ cost_usd: cost });
  });

  it('adds up exactly, where doubles do not: a tenth and two tenths', async () => {
    await log({ tokensInput: 0, tokensOutput: 10, model: 'gpt-4-turbo' }); // 0.0003
    await log({ tokensInput: 10, tokensOutput: 0, model: 'gpt-4-turbo' }); // 0.0001
    expect(await requests.spendOf('2026-01-09')).toBe('0.0004');
  });

  it('is of now where it says no time, and has its own time to the microsecond where it does', async () => {
    const now = await log({ createdAt: undefined });
    expect(Math.abs(Date.parse(now!.created_at!) - Date.now())).toBeLessThan(60_000);
    expect(await log()).toMatchObject({ created_at: '2026-01-09T10:00:00.000001Z' });
  });

  it('takes the price of its time, and keeps its cost when another price comes', async () => {
    await log({ model: 'dated', createdAt: '2026-03-01T00:00:00Z' });
    await add('dated', '1', '2', '2026-02-01T00:00:00Z');
    await add('dated', '3', '4', '2026-04-01T00:00:00Z');
    expect(await log({ model: 'dated', createdAt: '2026-01-31T23:59:59.999999Z' })).toMatchObject({
      cost_usd: '0.06',
      default_priced: true,
    });
    expect(await log({ model: 'dated', createdAt: '2026-02-01T00:00:00Z' })).toMatchObject({
      cost_usd: '2',
      default_priced: false,
    });
    expect(await log({ model: 'dated', createdAt: '2026-04-01T00:00:00Z' })).toMatchObject({ cost_usd: '5' });
    const [, , , first] = await requests.list({ model: 'dated', limit: 9 });
    expect(first).toMatchObject({ cost_usd: '0.06' });
  });

  it('is none where no price was valid', async () => {
    expect(await log({ createdAt: '1969-12-31T23:59:59Z' })).toBeNull();
    expect(await requests.list({ limit: 9 })).toEqual([]);
  });
});

describe('prices', () => {
  it('come by model, the newest of each first, and in pages that neither repeat nor miss one', async () => {
    await add('Zeta', '0.00000001', '9999.99999999', '2026-01-01T00:00:00Z');
    await add('Zeta', '1', '1', '2026-01-02T00:00:00Z');
    const all = await prices.list({ after: null, limit: 99 });
    expect(all[0]).toEqual({
      ...{ model: 'Zeta', input_per_1k_usd: '1', output_per_1k_usd: '1', valid_from: '2026-01-02T00:00:00Z' },
    });
    const paged = [];
    for (let after: string[] | null = null; ;) {
      const [row] = await prices.list({ after, limit: 1 });
      if (!row) break;
      paged.push(row);
      after = [row.model, row.valid_from];
    }
    expect(paged).toEqual(all);
    expect(await prices.list({ model: 'gpt-4', after: null, limit: 9 })).toHaveLength(1);
  });

  it('are one for a model and a time, whoever comes first', async () => {
    const added = await Promise.all(['1', '2', '3'].map((usd) => add('raced', usd, usd, '2026-01-01T00:00:00Z')));
    expect(added.filter((price) => price !== null)).toHaveLength(1);
    expect(await prices.list({ model: 'raced', after: null, limit: 9 })).toEqual(
      added.filter((price) => price !== null),
    );
  });
});

describe('usage', () => {
  const since = '2026-01-08T10:00:00Z';

  it('has no tokens, no cost and empty lists in an empty window', async () => {
    expect(await usage.since(since)).toEqual({
      ...{ requests: 0, tokensInput: null, tokensOutput: null, models: [], days: [] },
      ...{ cost: '0', averageCost: expect.stringMatching(/^0(\.0+)?$/) },
    });
  });

  it('sums by model and by day of UTC, and leaves out the beginning of the window', async () => {
    await log({ createdAt: since });
    await log({ createdAt: '2026-01-08T10:00:00.000001Z' });
    await log({ createdAt: '2026-01-08T23:59:59.999999Z', model: 'gpt-3.5-turbo' });
    await log({ createdAt: '2026-01-09T00:00:00Z', model: 'gpt-4o' });
    const { models, days, ...total } = await usage.since(since);
    expect(total).toEqual({
      ...{ requests: 3, tokensInput: 3000, tokensOutput: 1500, cost: '0.12250000' },
      averageCost: expect.stringMatching(/^0\.0408333/),
    });
    expect(models).toEqual([
      { model: 'gpt-4', requests: 1, cost: '0.06000000', defaultPriced: false },
      { model: 'gpt-4o', requests: 1, cost: '0.06000000', defaultPriced: true },
      { model: 'gpt-3.5-turbo', requests: 1, cost: '0.00250000', defaultPriced: false },
    ]);
    expect(days.map(({ date, requests: count }) => [date, count])).toEqual([['2026-01-09', 1], ['2026-01-08', 2]]); // prettier-ignore
  });

  it('counts a cost that is null as nothing, and puts such models last', async () => {
    await postgres.rows(
      Prisma.sql`INSERT INTO llm_requests (model, created_at) VALUES ('unknown', '2026-01-09T00:00:00Z')`,
    );
    await log();
    const { models, tokensInput } = await usage.since(since);
    expect(models.map(({ model, cost }) => [model, Number(cost)])).toEqual([['gpt-4', 0.06], ['unknown', 0]]); // prettier-ignore
    expect(tokensInput).toBe(1000);
  });

  it('of a day ends with the day of UTC', async () => {
    for (const createdAt of [
      '2026-01-08T23:59:59.999999Z',
      '2026-01-09T00:00:00Z',
      '2026-01-09T23:59:59.999999Z',
      '2026-01-10T00:00:00Z',
    ])
      await log({ createdAt });
    expect(await requests.spendOf('2026-01-09')).toBe('0.12');
    expect(await requests.spendOf('2026-01-11')).toBe('0');
  });
});

describe('requests', () => {
  it('come last logged first, filtered by model and by time with its beginning and without its end', async () => {
    for (const createdAt of ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'])
      await log({ createdAt });
    await log({ model: 'gpt-4-turbo', createdAt: '2026-01-02T00:00:00Z' });
    const ids = async (filter: object) => (await requests.list({ limit: 9, ...filter })).map(({ id }) => id);
    expect(await ids({})).toEqual([4, 3, 2, 1]);
    expect(await ids({ model: 'gpt-4', beforeId: '3' })).toEqual([2, 1]);
    expect(await ids({ since: '2026-01-02T00:00:00Z', until: '2026-01-03T00:00:00Z' })).toEqual([4, 2]);
  });
});

describe('the archive', () => {
  const archive = (limit: number) => postgres.transaction((tx) => requests.archive(tx, '2026-01-05T00:00:00Z', limit));
  const due = () => postgres.transaction((tx) => requests.countDue(tx, '2026-01-05T00:00:00Z'));
  const idsOf = (table: string) => postgres.rows(Prisma.sql`SELECT id::int FROM ${Prisma.raw(table)} ORDER BY id`);

  it('takes the oldest, no more than it may, and everything about them', async () => {
    for (const day of ['03', '01', '05', '02']) await log({ createdAt: `2026-01-${day}T00:00:00Z` });
    const [before] = await requests.list({ beforeId: '3', limit: 1 });
    expect([await due(), await archive(2), await due()]).toEqual([3, 2, 1]);
    expect(await idsOf('llm_requests')).toEqual([{ id: 1 }, { id: 3 }]);
    expect([await archive(9), await archive(9)]).toEqual([1, 0]);
    expect(await idsOf('llm_requests_archive')).toEqual([{ id: 1 }, { id: 2 }, { id: 4 }]);
    const [kept] = await postgres.rows<{ cost: string }>(
      Prisma.sql`SELECT trim_scale(cost_usd)::text AS cost FROM llm_requests_archive WHERE id = 2`,
    );
    expect(kept?.cost).toBe(before?.cost_usd);
  });

  it('keeps every request once where several archive at the same time', async () => {
    for (let i = 0; i < 40; i++) await log({ createdAt: '2026-01-01T00:00:00Z' });
    const moved = await Promise.all(Array.from({ length: 4 }, () => archive(15)));
    const rest = await archive(99);
    expect(moved.reduce((sum, count) => sum + count, rest)).toBe(40);
    expect(await idsOf('llm_requests_archive')).toHaveLength(40);
    expect(await idsOf('llm_requests')).toEqual([]);
  });

  it('leaves a request whose number it has, and does not call it due', async () => {
    await log({ createdAt: '2026-01-01T00:00:00Z' });
    await postgres.rows(Prisma.sql`INSERT INTO llm_requests_archive (id, model) VALUES (1, 'another')`);
    expect([await due(), await archive(9)]).toEqual([0, 0]);
    expect(await idsOf('llm_requests')).toEqual([{ id: 1 }]);
  });
});
