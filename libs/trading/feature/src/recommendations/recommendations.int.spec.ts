import { systemClock } from '@sluice/core';
import { CacheOutbox, IdempotentWrites, Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { RecommendationResourceRepository, RecommendationWriter } from '@sluice/trading-persistence';
import { EvaluationService } from './evaluation.service';
import { RecommendationLogService } from './recommendation-log.service';
import { RecommendationService } from './recommendation.service';

let database: FreshDatabase;
let postgres: Postgres;
let writes: IdempotentWrites;
let logs: RecommendationLogService;
let service: RecommendationService;
let repository: RecommendationResourceRepository;

beforeAll(async () => {
  database = await freshDatabase();
  postgres = new Postgres({ url: database.url });
  writes = new IdempotentWrites(new CacheOutbox(postgres));
  const writer = new RecommendationWriter();
  repository = new RecommendationResourceRepository(postgres);
  logs = new RecommendationLogService(writer, systemClock);
  service = new RecommendationService(repository, writer);
});
beforeEach(() => postgres.rows(Prisma.sql`TRUNCATE ai_recommendations RESTART IDENTITY`));
afterAll(async () => {
  await postgres.close();
  await database.drop();
});

const log = async (payload: Record<string, unknown>, source = 'hourly') =>
  (await writes.run(null, (tx) => logs.log(tx, payload, source))).answer;
const exit = async (request: Parameters<RecommendationService['applyExit']>[1]) =>
  (await writes.run(null, (tx) => service.applyExit(tx, request))).answer;
const list = (over: object = {}) => service.list({ limit: 100, ...over });
const payload = {
  ...{ run_id: 'nifty50:Intraday:x', universe: 'nifty50', mode: 'Intraday', as_of: '2026-01-09T19:56:26.097643' },
  items: [
    { symbol: 'tcs', rank: 1, recommendation: 'Buy', price: 3210.123456789, score_blend: 62.5, confidence: 'Medium' },
    { symbol: 'M&M', rank: 2, recommendation: 'Strong Sell' },
  ],
};

describe('logging a payload', () => {
  it('stores a row per item in their order', async () => {
    expect(await log(payload)).toEqual({
      stored: 2,
      items: [
        { index: 0, symbol: 'TCS', status: 'stored', id: 1, reason: null },
        { index: 1, symbol: 'M&M', status: 'stored', id: 2, reason: null },
      ],
    });
    const { row } = await service.get(1n);
    expect(row).toMatchObject({
      ...{ symbol: 'TCS', mode: 'Intraday', universe: 'NIFTY50', source: 'hourly', direction: 'LONG', evaluated: 0 },
      ...{ generated_at_utc: '2026-01-09T14:26:26.097643Z', entry_price: 3210.123456789, score_blend: 62.5 },
      ...{ rank_in_run: 1, confidence: 'Medium', run_id: 'nifty50:Intraday:x', features_json: { exit_strategy: {} } },
    });
  });

  // [run] of the contract: one bad item lost the batch.
  it('answers each bad item and stores the others', async () => {
    const items = [
      { symbol: 'A', price: 'x' },
      7,
      { symbol: 'B\0' },
      {},
      { symbol: 'C', reasoning: '\ud83d' },
      { symbol: 'D' },
    ];
    const answer = await log({ ...payload, items });
    expect(answer.stored).toBe(1);
    expect(answer.items.map(({ status }) => status)).toEqual([
      ...['refused', 'refused', 'refused', 'skipped', 'refused', 'stored'],
    ]);
    expect((await list()).items.map(({ symbol }) => symbol)).toEqual(['D']);
  });

  it('takes the first fifty items, and nothing where there is no list', async () => {
    const items = Array.from({ length: 52 }, (_, i) => ({ symbol: `S${i}` }));
    const answer = await log({ ...payload, items });
    expect(answer.stored).toBe(50);
    expect(answer.items.slice(50)).toEqual([
      expect.objectContaining({ index: 50, status: 'skipped' }),
      expect.objectContaining({ index: 51, status: 'skipped' }),
    ]);
    expect((await log({ ...payload, items: Array(2_000).fill(1) })).items).toHaveLength(1_000);
    for (const none of [undefined, [], {}, 'items'])
      expect(await log({ items: none })).toEqual({ stored: 0, items: [] });
  });

  it('adds nothing for a run that is logged again, and what is new of it', async () => {
    await log(payload);
    const again = await log(
      { ...payload, items: [...payload.items, { symbol: 'INFY' }, { symbol: 'infy' }] },
      'manual',
    );
    expect(again.items).toEqual([
      { index: 0, symbol: 'TCS', status: 'skipped', id: 1, reason: 'it is logged already' },
      { index: 1, symbol: 'M&M', status: 'skipped', id: 2, reason: 'it is logged already' },
      { index: 2, symbol: 'INFY', status: 'stored', id: 3, reason: null },
      { index: 3, symbol: 'INFY', status: 'skipped', id: 3, reason: 'it is logged already' },
    ]);
    expect((await log({ ...payload, mode: 'Swing' })).stored).toBe(2);
  });

  it('tells runs without an id by universe and time, and those without a time not at all', async () => {
    const { run_id: _id, ...nameless } = payload;
    expect([(await log(nameless)).stored, (await log(nameless)).stored]).toEqual([2, 0]);
    expect((await log({ ...nameless, universe: 'banknifty' })).stored).toBe(2);
    const { as_of: _time, ...timeless } = nameless;
    expect([(await log(timeless)).stored, (await log(timeless)).stored]).toEqual([2, 2]);
  });

  it('stores a run once that many log at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => log(payload)));
    expect(answers.map(({ stored }) => stored).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 2]);
    expect((await list()).items).toHaveLength(2);
  });
});

describe('a scalping exit', () => {
  const pick = (symbol: string, at: string, over: object = {}) => ({
    ...{ run_id: `${symbol}${at}${JSON.stringify(over)}`, mode: 'Scalping', as_of: at, items: [{ symbol }], ...over },
  });
  const tcs = {
    ...{ symbol: 'tcs', entry_time: '2026-01-09T04:10:00+00:00', exit_time: '2026-01-09T04:40:00.5' },
    ...{ exit_price: 101, exit_reason: 'TARGET_HIT', return_pct: 0.62 },
  };

  // [run] of the contract: of one time the highest id.
  it('ends the oldest open one of its day, and of one time the highest id', async () => {
    await log(pick('TCS', '2026-01-09T04:05:00Z'));
    await log(pick('TCS', '2026-01-09T04:00:00Z'));
    await log(pick('TCS', '2026-01-09T04:00:00Z', { universe: 'banknifty' }));
    await log(pick('TCS', '2026-01-08T04:00:00Z'));
    await log(pick('TCS', '2026-01-09T03:00:00Z', { mode: 'scalping' }));
    await log(pick('INFY', '2026-01-09T03:00:00Z'));
    expect([await exit(tcs), await exit(tcs), await exit(tcs), await exit(tcs)]).toEqual([3, 2, 1, null]);
    expect((await service.get(3n)).row).toMatchObject({
      ...{ evaluated: 1, exit_price: 101, exit_reason: 'TARGET_HIT', pnl_pct: 0.62 },
      exit_time_utc: '2026-01-09T04:40:00.500000Z',
    });
  });

  it('takes the day as entry_time is written, and any day where it is no time', async () => {
    await log(pick('TCS', '2026-01-09T20:00:00Z'));
    expect(await exit({ ...tcs, entry_time: '2026-01-10T01:30:00+05:30' })).toBeNull();
    expect(await exit({ ...tcs, entry_time: '2026-01-09T23:30:00-05:00' })).toBe(1);
    await log(pick('TCS', '2025-01-09T20:00:00Z'));
    expect(await exit({ ...tcs, entry_time: 'soon' })).toBe(2);
  });

  // [run] of the contract.
  it('marks as evaluated also without prices', async () => {
    await log(pick('TCS', '2026-01-09T04:00:00Z'));
    const { version } = await service.get(1n);
    expect(await exit({ symbol: 'TCS' })).toBe(1);
    const after = await service.get(1n);
    expect(after.row).toMatchObject({ evaluated: 1, exit_price: null, exit_time_utc: null, pnl_pct: null });
    expect(after.version).not.toBe(version);
  });

  it('takes prices far beyond what a whole number of PostgreSQL holds', async () => {
    await log(pick('TCS', '2026-01-09T04:00:00Z'));
    await log({ ...payload, run_id: 'large', items: [{ symbol: 'BIG', price: 9e15, score_blend: -1e-300 }] });
    expect(await exit({ symbol: 'TCS', exit_price: 9e15, return_pct: -3 })).toBe(1);
    expect((await service.get(1n)).row).toMatchObject({ exit_price: 9e15, pnl_pct: -3 });
    expect((await service.get(2n)).row).toMatchObject({ entry_price: 9e15, score_blend: -1e-300 });
  });

  it('of many at the same time ends a recommendation each', async () => {
    for (let hour = 4; hour < 9; hour++) await log(pick('TCS', `2026-01-09T0${hour}:00:00Z`));
    const ended = await Promise.all(Array.from({ length: 7 }, () => exit(tcs)));
    expect(ended.filter((id) => id !== null).sort()).toEqual([1, 2, 3, 4, 5]);
  });
});

it('pages through equal times without a gap or a repeat, filtered', async () => {
  await log({ ...payload, items: Array.from({ length: 5 }, (_, i) => ({ symbol: `S${i}` })) });
  await log({ ...payload, run_id: 'other', mode: 'Swing' });
  const seen: number[] = [];
  for (let cursor: string | undefined, more = true; more;) {
    const page = await list({ limit: 2, mode: 'Intraday', universe: 'nifty50', evaluated: false, cursor });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.next ?? undefined;
    more = page.next !== null;
  }
  expect(seen).toEqual([5, 4, 3, 2, 1]);
  expect((await list({ run_id: 'other', symbol: 'tcs' })).items).toHaveLength(1);
  await expect(service.get(99n)).rejects.toMatchObject({ code: 'TRADING_RECOMMENDATION_NOT_FOUND' });
});

it('lists open ones with a price, the oldest first, from where a page before ended', async () => {
  for (const [hour, price] of [
    [5, 1],
    [4, 2],
    [6, 0],
    [3, null],
    [4, 3],
  ] as const)
    await log({
      ...payload,
      run_id: `${hour}${price}`,
      as_of: `2026-01-09T0${hour}:00:00.000001Z`,
      items: [{ symbol: 'A', price }],
    });
  const first = await repository.listOpen(['Intraday'], 1);
  expect(first).toMatchObject([{ id: 2, generatedAtUtc: '2026-01-09T04:00:00.000001Z' }]);
  expect((await repository.listOpen(['Intraday'], 5, first[0])).map(({ id }) => id)).toEqual([5, 1]);
  expect(await repository.listOpen(['Swing'], 5)).toEqual([]);
});

it('evaluates what has a price, and gives the policy learner what it earned', async () => {
  const items = [
    { symbol: 'TCS', price: 100 },
    { symbol: 'INFY', price: 100, recommendation: 'Sell' },
    { symbol: 'NONE' },
  ];
  await log({ ...payload, items, policy_version: '1.3' });
  const time = Date.parse('2026-01-09T10:00:00Z') / 1000;
  const evaluation = new EvaluationService({
    ...{ recommendations: repository, writer: new RecommendationWriter(), postgres, exits: { list: async () => [] } },
    candles: { candles: async () => [{ time, open: 1, high: 1, low: 1, close: 103 }] },
    clock: { nowMs: () => Date.parse('2026-01-12T00:00:00Z') },
  });
  expect(await evaluation.evaluate(500)).toEqual({ evaluated: 2, total_candidates: 2, without_price: 0 });
  expect(await evaluation.evaluate(500)).toEqual({ evaluated: 0, total_candidates: 0, without_price: 0 });
  expect((await service.get(1n)).row).toMatchObject({
    ...{ exit_price: 103, exit_time_utc: '2026-01-09T10:00:00Z', exit_reason: 'EOD_CLOSE', pnl_pct: 3 },
  });
  expect(await repository.policyGroups()).toEqual({
    latestPolicy: '1.3',
    groups: [{ mode: 'Intraday', policy_version: '1.3', count: 2, avg_pnl_pct: 0 }],
  });
});
