import { type Candle, CandlesUnavailableError, type CandleRequest } from '../candles/candle-source';
import { EvaluationService } from './evaluation.service';
import { pnlPctOf, priceQuestionOf } from './horizons';

const at = (text: string): number => Date.parse(text);
const candle = (time: string, close: number): Candle => ({
  ...{ time: at(time) / 1000, open: close, high: close, low: close, close },
});

describe('the end of an Intraday recommendation', () => {
  const made = at('2026-01-09T14:28:23Z');
  it('is not known before its UTC day has ended', () => {
    expect(priceQuestionOf({ type: 'eod_close' }, made, at('2026-01-09T23:59:59.999Z'))).toBeNull();
    expect(priceQuestionOf({ type: 'eod_close' }, made, at('2026-01-10T00:00:00Z'))).not.toBeNull();
  });

  it('is the last candle of that day', () => {
    const question = priceQuestionOf({ type: 'eod_close' }, made, at('2026-01-12T00:00:00Z'));
    expect(question).toMatchObject({ from: at('2026-01-09') / 1000, to: at('2026-01-09T23:59:59Z') / 1000 });
    const candles = [candle('2026-01-09T09:50:00Z', 7), candle('2026-01-09T09:55:00Z', 8)];
    expect(question?.choose(candles)?.close).toBe(8);
    expect(question?.choose([])).toBeNull();
    expect(question?.reason).toBe('EOD_CLOSE');
  });
});

describe('the end of a Swing recommendation', () => {
  const made = at('2026-01-09T10:00:00Z');
  const horizon = { type: 'fixed_days', days: 5 } as const;
  it('is not known before five days have passed', () => {
    expect(priceQuestionOf(horizon, made, at('2026-01-14T09:59:59Z'))).toBeNull();
  });

  it('is the candle nearest to the instant, the earlier of two', () => {
    const question = priceQuestionOf(horizon, made, at('2026-01-14T12:00:00Z'));
    expect(question).toMatchObject({ reason: 'FIXED_DAYS_5', to: at('2026-01-14T12:00:00Z') / 1000 });
    const near = [
      candle('2026-01-14T09:00:00Z', 7),
      candle('2026-01-14T11:00:00Z', 8),
      candle('2026-01-13T10:00:00Z', 9),
    ];
    expect(question?.choose(near)?.close).toBe(7);
  });

  it('is never a price of more than four days from it', () => {
    const question = priceQuestionOf(horizon, made, at('2027-01-01T00:00:00Z'));
    expect(question).toMatchObject({ from: at('2026-01-10T10:00:00Z') / 1000, to: at('2026-01-18T10:00:00Z') / 1000 });
  });
});

it.each([
  [100, 103, false, 3],
  [100, 103, true, -3],
  [100, 100, false, 0],
])('earns from %d to %d, selling %p: %d', (entry, exit, isSale, pnl) => {
  expect(pnlPctOf(entry, exit, isSale)).toBeCloseTo(pnl, 12);
});

describe('an evaluation', () => {
  const row = (id: number, over: object) => ({
    ...{ id, symbol: 'TCS', mode: 'Intraday', recommendation: 'Buy', entryPrice: 100 },
    ...{ generatedAtMs: at('2026-01-09T10:00:00Z'), ...over },
  });
  const evaluating = async (
    rows: object[],
    candles: (request: CandleRequest) => Promise<readonly Candle[]>,
    exits: object[] = [],
    maxRows = 500,
  ) => {
    const written: unknown[] = [];
    const parts = {
      recommendations: {
        listOpen: (_modes: string[], limit: number, after: object | null) => {
          const from = after === null ? 0 : rows.indexOf(after) + 1;
          return Promise.resolve(rows.slice(from, from + limit));
        },
      },
      writer: {
        evaluate: (_tx: unknown, ended: unknown[]) => {
          written.push(...ended);
          return Promise.resolve(ended.length);
        },
      },
      postgres: { transaction: (work: (tx: null) => Promise<number>) => work(null) },
      candles: { candles },
      exits: { list: (day: string) => Promise.resolve(day === '2026-01-09' ? exits : []) },
      clock: { nowMs: () => at('2026-02-01T00:00:00Z') },
    };
    return { totals: await new EvaluationService(parts as never).evaluate(maxRows), written };
  };

  it('asks once for all rows of a symbol and day, and reverses the sign of a sale', async () => {
    const candles = jest.fn(() => Promise.resolve([candle('2026-01-09T09:55:00Z', 103)]));
    const rows = [row(1, {}), row(2, { recommendation: 'Strong SELL' }), row(3, { mode: 'Dreams' })];
    const { totals, written } = await evaluating(rows, candles);
    expect(totals).toEqual({ evaluated: 2, total_candidates: 3, without_price: 0 });
    expect(candles).toHaveBeenCalledTimes(1);
    const common = { exit_price: 103, exit_time_utc: '2026-01-09T09:55:00Z', exit_reason: 'EOD_CLOSE' };
    expect(written).toEqual([
      { id: 1, ...common, pnl_pct: 3 },
      { id: 2, ...common, pnl_pct: -3 },
    ]);
  });

  it('ends a scalping trade with the first exit of its symbol and day, never with a candle', async () => {
    const exits = [
      { symbol: 'INFY', exitPrice: 1, exitReason: 'TIME_EXIT', exitTime: null },
      { symbol: 'TCS', exitPrice: 101, exitReason: null, exitTime: '2026-01-09T10:20:00.5Z' },
      { symbol: 'TCS', exitPrice: 90, exitReason: 'STOP_LOSS', exitTime: null },
    ];
    const candles = jest.fn();
    const { written } = await evaluating([row(1, { mode: 'Scalping' })], candles, exits);
    expect(candles).not.toHaveBeenCalled();
    expect(written).toEqual([
      {
        id: 1,
        exit_price: 101,
        exit_time_utc: '2026-01-09T10:20:00.500000Z',
        exit_reason: 'SCALPING_EXIT',
        pnl_pct: 1,
      },
    ]);
    const unpriced = await evaluating([row(1, { mode: 'Scalping' })], candles, [{ symbol: 'TCS', exitPrice: 0 }]);
    expect(unpriced.totals).toMatchObject({ evaluated: 0, without_price: 1 });
  });

  it('leaves rows open while the source of candles is away, and asks it no more', async () => {
    const candles = jest.fn(() => Promise.reject(new CandlesUnavailableError('away')));
    const rows = Array.from({ length: 40 }, (_, i) => row(i, { symbol: `S${i}` }));
    const { totals } = await evaluating(rows, candles);
    expect(totals).toEqual({ evaluated: 0, total_candidates: 40, without_price: 40 });
    expect(candles.mock.calls.length).toBeLessThanOrEqual(8);
  });

  it('looks behind rows of which nobody knows the price, and no further than one that ends', async () => {
    const candles = ({ symbol }: CandleRequest) =>
      Promise.resolve(symbol === 'TCS' ? [candle('2026-01-09T09:55:00Z', 103)] : []);
    const rows = [row(1, { symbol: 'A' }), row(2, { symbol: 'B' }), row(3, { symbol: 'C' }), row(4, {}), row(5, {})];
    const { totals, written } = await evaluating(rows, candles, [], 2);
    expect(totals).toEqual({ evaluated: 1, total_candidates: 4, without_price: 3 });
    expect(written).toEqual([expect.objectContaining({ id: 4 })]);
    const stuck = Array.from({ length: 20 }, (_, i) => row(i, { symbol: `S${i}` }));
    expect((await evaluating(stuck, candles, [], 2)).totals.total_candidates).toBe(10);
  });
});
