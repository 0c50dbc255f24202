import { CacheEngine, MemoryTier2, Tier2Error } from '@sluice/cache';
import { ManualScheduler } from '@sluice/cache/testing';
import { TradingCaches } from './trading.caches';

const candlesOf = (symbol: string) => ({ symbol, from: '2026-01-01', to: '2026-01-09', interval: '1d' });
const candles = { source: 'yahoo', rows: [{ time: '2026-01-09T09:15:00+05:30', close: 1 }] };

async function given() {
  const scheduler = new ManualScheduler();
  const tier2 = new MemoryTier2(scheduler);
  const { ohlc } = new TradingCaches(new CacheEngine({ tier2, scheduler }));
  for (const symbol of ['A', 'B']) await ohlc.set(candlesOf(symbol), candles);
  const [scan, read] = [jest.spyOn(tier2, 'scan'), jest.spyOn(tier2, 'read')];
  return { scheduler, tier2, ohlc, scan, read, statistics: ohlc.statistics };
}

it('looks once in five seconds, however many ask for whatever', async () => {
  const { scheduler, ohlc, scan, statistics } = await given();
  const all = await Promise.all([statistics.totals(), statistics.newest(1), statistics.newest(2), statistics.totals()]);
  expect(all).toMatchObject([{ entries: 2 }, { total: 2, entries: { length: 1 } }, { total: 2 }, { entries: 2 }]);
  await ohlc.set(candlesOf('C'), candles);
  await scheduler.advance(4_999);
  expect(await statistics.totals()).toMatchObject({ entries: 2, writes: 3 }); // The counters cost no look.
  expect(scan).toHaveBeenCalledTimes(1);
  await scheduler.advance(1);
  expect(await statistics.totals()).toMatchObject({ entries: 3 });
  expect(scan).toHaveBeenCalledTimes(2);
});

it('reads each value once for a look', async () => {
  const { read, statistics } = await given();
  await statistics.newest(2);
  const reads = read.mock.calls.length;
  for (const limit of [1, 2]) expect((await statistics.newest(limit)).entries[0]).toMatchObject({ rows: 1 });
  expect(read).toHaveBeenCalledTimes(reads);
});

it('knows no age of "there are no candles", which lives shorter than its interval says', async () => {
  const { ohlc, statistics } = await given();
  await ohlc.getOrLoad(candlesOf('NONE'), async () => null);
  const { entries } = await statistics.newest(9);
  const none = { ageMs: null, cachedAtMs: null, source: null, rows: 0 };
  expect(entries.find(({ symbol }) => symbol === 'NONE')).toMatchObject(none);
  expect(entries.find(({ symbol }) => symbol === 'A')).toMatchObject({ ageMs: 0, source: 'yahoo', rows: 1 });
});

it.each(['invalidate', 'clear'] as const)('sees at once what this process does by %s', async (change) => {
  const { ohlc, statistics } = await given();
  await statistics.totals();
  await ohlc[change]();
  expect(await statistics.totals()).toMatchObject({ entries: 0 });
});

it('keeps no look that failed, and no value that could not be read', async () => {
  const { scan, read, statistics } = await given();
  scan.mockRejectedValueOnce(new Tier2Error('It is away.', 'network'));
  await expect(statistics.totals()).rejects.toThrow('It is away.');
  expect(await statistics.totals()).toMatchObject({ entries: 2 });
  read.mockRejectedValueOnce(new Tier2Error('It is away.', 'network'));
  await expect(statistics.newest(1)).rejects.toThrow('It is away.');
  expect(await statistics.newest(1)).toMatchObject({ entries: [{ rows: 1 }] });
});
