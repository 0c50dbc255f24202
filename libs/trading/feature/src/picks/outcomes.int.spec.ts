import { CandleSource, CandlesUnavailableError, type Candle, type CandleRequest } from '../candles/candle-source';
import { ResourceApp } from '../http/resource-app.fixture';
import { secondsOfIndianDay } from '../india-day';
import { picksParts } from './picks.parts';

/** Candles as they were given, and none else. */
class GivenCandles extends CandleSource {
  readonly asked: string[] = [];
  private readonly rows = new Map<string, readonly Candle[]>();
  fails = false;

  give(symbol: string, day: string, ...hlc: [high: number, low: number, close: number][]): this {
    const { from } = secondsOfIndianDay(day);
    const candles = hlc.map(([high, low, close], i) => ({
      time: from + 13_500 + i * 300,
      open: close,
      high,
      low,
      close,
    }));
    this.rows.set(symbol, [...(this.rows.get(symbol) ?? []), ...candles]);
    return this;
  }

  candles({ symbol, from, to, interval }: CandleRequest): Promise<readonly Candle[]> {
    if (this.fails) return Promise.reject(new CandlesUnavailableError('the source is away.'));
    this.asked.push(`${symbol} ${interval}`);
    return Promise.resolve((this.rows.get(symbol) ?? []).filter(({ time }) => time >= from && time <= to));
  }
}

const candles = new GivenCandles();
let app: ResourceApp;

beforeAll(async () => {
  const source = { provide: CandleSource, useValue: candles };
  app = await ResourceApp.open({ ...picksParts, providers: [...picksParts.providers, source] });
});
afterAll(() => app.close());

const log = async (over: object): Promise<string> => {
  const pick = { symbol: 'TCS', direction: 'LONG', source: 'TOP_PICKS_hourly', mode: 'Intraday', signal_price: 100 };
  const levels = { recommended_target: 105, recommended_stop: 97, signal_ts: '2026-01-09T05:00:00' };
  return (await app.ask('POST', '/v1/picks', { ...pick, ...levels, ...over })).body.pick_uuid;
};

describe('judging days', () => {
  const day = '2026-03-02';
  const aPickOf = (trade_date: string, over: object = {}) => log({ symbol: 'JUDGE', trade_date, ...over });
  const compute = (body: object) => app.ask('POST', '/v1/picks/outcomes/compute', body);

  // [run] of the contract.
  it("judges by the candles of the day as the legacy contract's example does", async () => {
    candles.give('JUDGE', day, [104, 98, 101], [106, 99, 103]).give('NIFTY', day, [0, 0, 100], [0, 0, 102]);
    const [long, short] = [await aPickOf(day), await aPickOf(day, { direction: 'SHORT' })];
    const { status, body } = await compute({ from: day, to: day });
    expect([status, body]).toEqual([
      200,
      {
        horizon: 'EOD',
        computed: 2,
        days: [{ trade_date: day, picks: 2, computed: 2, already_computed: 0, unjudged: [] }],
      },
    ]);
    const outcomeOf = async (uuid: string) => (await app.ask('GET', `/v1/picks/${uuid}`)).body.outcomes[0];
    expect(await outcomeOf(long)).toMatchObject({
      ...{ ret_close_pct: 3, max_runup_pct: 6, max_drawdown_pct: -2, benchmark_symbol: 'NIFTY', benchmark_ret_pct: 2 },
      ...{
        ret_vs_benchmark_pct: 1,
        hit_target: true,
        hit_stop: false,
        outcome_label: 'WIN',
        notes: { capture_ratio: 0.5 },
      },
    });
    expect(await outcomeOf(short)).toMatchObject({
      ...{ ret_close_pct: -3, max_runup_pct: 2, max_drawdown_pct: -6, ret_vs_benchmark_pct: -5 },
      ...{ hit_target: true, hit_stop: true, outcome_label: 'LOSS', notes: { capture_ratio: 0 } },
    });
    expect(candles.asked).toContain('JUDGE 5m');
  });

  it('leaves a pick that has an outcome as it is', async () => {
    const again = await compute({ from: day, to: day });
    expect(again.body).toMatchObject({ computed: 0, days: [{ picks: 2, already_computed: 2 }] });
  });

  it('judges each pick once where many ask at the same time', async () => {
    candles.give('MANY', '2026-03-03', [104, 98, 101]);
    for (let i = 0; i < 3; i++) await aPickOf('2026-03-03', { symbol: 'MANY' });
    const all = await Promise.all(Array.from({ length: 6 }, () => compute({ from: '2026-03-03', to: '2026-03-03' })));
    expect(all.map(({ body }) => body.computed).reduce((sum, n) => sum + n, 0)).toBe(3);
    for (const { body } of all) expect(body.days[0].computed + body.days[0].already_computed).toBe(3);
  });

  it('never takes the prices of another day: a day without candles is an error of that day', async () => {
    const [without, within] = [await aPickOf('2026-03-04'), await aPickOf('2026-03-05')];
    candles.give('JUDGE', '2026-03-05', [101, 99, 100]);
    await aPickOf('2026-03-05', { symbol: 'NONE' });
    const { body } = await compute({ from: '2026-03-04', to: '2026-03-06' });
    expect(body.days).toMatchObject([
      { trade_date: '2026-03-04', picks: 1, computed: 0, error: { code: 'TRADING_NO_CANDLES_OF_DAY' } },
      { trade_date: '2026-03-05', picks: 2, computed: 1, unjudged: [{ symbol: 'NONE', reason: 'no-candles' }] },
      { trade_date: '2026-03-06', picks: 0, computed: 0 },
    ]);
    expect((await app.ask('GET', `/v1/picks/${without}`)).body.outcomes).toEqual([]);
    expect((await app.ask('GET', `/v1/picks/${within}`)).body.outcomes[0].benchmark_symbol).toBeNull();
  });

  it('judges no day before its session has closed', async () => {
    candles.give('JUDGE', '2999-03-04', [101, 99, 100]);
    const early = await aPickOf('2999-03-04');
    const { body } = await compute({ from: '2999-03-04', to: '2999-03-04' });
    expect(body).toMatchObject({ computed: 0, days: [{ picks: 1, error: { code: 'TRADING_DAY_NOT_OVER' } }] });
    expect((await app.ask('GET', `/v1/picks/${early}`)).body.outcomes).toEqual([]);
  });

  it('says of a source that is away, and stores nothing', async () => {
    await aPickOf('2026-03-09');
    candles.fails = true;
    const { body } = await compute({ from: '2026-03-09', to: '2026-03-09' });
    candles.fails = false;
    expect(body).toMatchObject({ computed: 0, days: [{ error: { code: 'CANDLES_UNAVAILABLE' } }] });
  });

  it.each([
    ['a range that ends before it begins', { from: '2026-03-02', to: '2026-03-01' }],
    ['more than 31 days', { from: '2026-03-01', to: '2026-04-01' }],
    ['no days', {}],
    ['days that are numbers', { from: 1, to: 2 }],
    ['an overlong horizon', { from: day, to: day, horizon: 'x'.repeat(51) }],
  ])('refuses %s', async (_what, body) => expect((await compute(body)).status).toBe(422));
});
