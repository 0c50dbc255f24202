import { memoryDriver } from '@sluice/cache/testing';
import { levelsOf } from '@sluice/trading-caching';
import { CandleSource, NoCandleSource, type Candle, type CandleRequest } from '../candles/candle-source';
import { FakeReply, openCaches } from '../feature-caches.fixture';
import { LevelsController } from './levels.controller';
import { LevelsService } from './levels.service';

/** Daily candles as they were given. */
class DailyCandles extends CandleSource {
  readonly asked: CandleRequest[] = [];

  constructor(public rows: readonly Candle[]) {
    super();
  }

  candles(request: CandleRequest): Promise<readonly Candle[]> {
    this.asked.push(request);
    return Promise.resolve(this.rows);
  }
}

const rows = [
  { time: 1, open: 100, high: 110, low: 90, close: 105 },
  { time: 2, open: 105, high: 108, low: 99, close: 102 },
];
let open: Awaited<ReturnType<typeof openCaches>>;
beforeEach(async () => void (open = await openCaches(memoryDriver)));
afterEach(() => open.close());
const aController = (source: CandleSource) => new LevelsController(new LevelsService(open.caches, source));

it('computes levels of a year of daily candles once, and says how they were come by', async () => {
  const source = new DailyCandles(rows);
  const [first, second] = [new FakeReply(), new FakeReply()];
  const levels = await aController(source).get({ symbol: ' tcs', scope: 'w' }, first);
  expect(levels).toEqual({
    ...{ symbol: 'TCS', timeframe_scope: 'W', ...levelsOf(rows, 'W') },
    computed_at_ist: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+05:30$/),
  });
  expect(await aController(source).get({ symbol: 'TCS', scope: 'W' }, second)).toEqual(levels);
  expect(source.asked).toMatchObject([{ symbol: 'TCS', interval: '1d' }]);
  expect([first.sent['x-cache-status'], second.sent['x-cache-status']]).toEqual(['MISS', 'HIT']);
});

it('computes the levels of a day from its last candle alone', async () => {
  const levels = await aController(new DailyCandles(rows)).get({ symbol: 'TCS', scope: 'D' }, new FakeReply());
  expect(levels).toMatchObject({ p: 103, r1: 107, s1: 98 });
});

it('answers the old levels while no new ones can be computed, and says that they are stale', async () => {
  await aController(new DailyCandles(rows)).get({ symbol: 'TCS', scope: 'D' }, new FakeReply());
  await open.caches.supportResistance.expire([{ symbol: 'TCS', scope: 'D' }]);
  const reply = new FakeReply();
  expect(await aController(new NoCandleSource()).get({ symbol: 'TCS', scope: 'D' }, reply)).toMatchObject({ p: 103 });
  expect(reply.sent['x-cache-status']).toBe('STALE');
});

it.each([
  ['nobody said where candles come from', new NoCandleSource()],
  ['there are no candles', new DailyCandles([])],
])('knows no levels where %s', async (_why, source) => {
  const reply = new FakeReply();
  await expect(aController(source).get({ symbol: 'TCS', scope: 'Y' }, reply)).rejects.toMatchObject({
    ...{ code: 'TRADING_LEVELS_UNKNOWN', kind: 'not-found' },
  });
  expect(reply.sent['x-cache-status']).toBe('MISS');
});
