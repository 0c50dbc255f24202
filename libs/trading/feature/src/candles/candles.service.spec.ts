import { memoryDriver } from '@sluice/cache/testing';
import { openCaches } from '../feature-caches.fixture';
import { RequestInvalidError } from '../http/request.pipe';
import { type Candle, type CandleRequest, CandlesUnavailableError, CandleSource } from './candle-source';
import { CandlesService } from './candles.service';

class RememberingSource extends CandleSource {
  readonly asked: CandleRequest[] = [];

  constructor(private readonly found: readonly Candle[] | Error) {
    super();
  }

  candles(request: CandleRequest): Promise<readonly Candle[]> {
    this.asked.push(request);
    return this.found instanceof Error ? Promise.reject(this.found) : Promise.resolve(this.found);
  }
}

const candle: Candle = { time: Date.parse('2026-01-09T03:45:00Z') / 1_000, open: 1, high: 2, low: 0.5, close: 1.5 };
const key = { symbol: 'TCS', interval: '1d', from: '2026-01-01', to: '2026-01-09' };
const at = (text: string): number => Date.parse(text) / 1_000;

let open: Awaited<ReturnType<typeof openCaches>>;
beforeEach(async () => (open = await openCaches(memoryDriver)));
afterEach(() => open.close());

const aService = (found: readonly Candle[] | Error) => {
  const source = new RememberingSource(found);
  return { source, service: new CandlesService(open.caches, source) };
};

it('asks the source once, for whole days of India', async () => {
  const { source, service } = aService([candle]);
  const first = await service.read(key);
  const second = await service.read(key);
  expect(first).toMatchObject({ state: 'miss', value: { rows: [{ time: '2026-01-09T03:45:00Z', close: 1.5 }] } });
  expect(second).toMatchObject({ state: 'hit', tier: 1, value: first.value });
  const span = { from: at('2026-01-01T00:00:00+05:30'), to: at('2026-01-09T23:59:59+05:30') };
  expect(source.asked).toEqual([{ symbol: 'TCS', interval: '1d', ...span }]);
});

it('asks for minutes as they are', async () => {
  const { source, service } = aService([candle]);
  await service.read({ ...key, interval: '5m', from: '2026-01-09T09:15', to: '2026-01-09T09:20' });
  const [asked] = source.asked;
  expect(asked).toMatchObject({ from: at('2026-01-09T09:15:00+05:30'), to: at('2026-01-09T09:20:00+05:30') });
});

it.each([
  ['days', '1d', ['2026-01-08T15:00', '2026-01-09T10:00'], ['2026-01-08', '2026-01-09'], '00:00:00', '23:59:59'],
  [
    'minutes',
    '5m',
    ['2026-01-08T00:00:30', '2026-01-09T23:59:30'],
    ['2026-01-08', '2026-01-09'],
    '00:00:00',
    '23:59:00',
  ],
])(
  'asks for all %s that the shared entry is of, whoever is the first',
  async (_what, interval, first, next, start, end) => {
    const { source, service } = aService([candle]);
    for (const [from = '', to = ''] of [first, next]) await service.read({ ...key, interval, from, to });
    const span = { from: at(`2026-01-08T${start}+05:30`), to: at(`2026-01-09T${end}+05:30`) };
    expect(source.asked).toEqual([{ symbol: 'TCS', interval, ...span }]);
  },
);

it('does not take the midnight at which a day begins for the end of that day', async () => {
  const { source, service } = aService([candle]);
  const minutes = { ...key, interval: '5m', from: '2026-01-08' };
  await service.read({ ...minutes, to: '2026-01-09T00:00' });
  expect(service.held({ ...minutes, to: '2026-01-09' })?.()).toBeUndefined();
  await service.read({ ...minutes, to: '2026-01-09' });
  expect(source.asked.map(({ to }) => to)).toEqual([at('2026-01-09T00:00:00+05:30'), at('2026-01-09T23:59:00+05:30')]);
});

it('keeps for a moment that there are none', async () => {
  const { source, service } = aService([]);
  await expect(service.read(key)).resolves.toMatchObject({ state: 'miss', value: null });
  await expect(service.read(key)).resolves.toMatchObject({ state: 'hit', value: null });
  expect(source.asked).toHaveLength(1);
});

it('never gives the candles of one source for those of another', async () => {
  const { source, service } = aService([candle]);
  await expect(service.read({ ...key, source: 'yahoo' })).resolves.toMatchObject({ state: 'miss', value: null });
  const yahoo = { source: 'yahoo', rows: [{ time: '2026-01-09', close: 7 }] };
  await open.caches.ohlc.set({ ...key, source: 'yahoo' }, yahoo);
  await expect(service.read({ ...key, source: 'yahoo' })).resolves.toMatchObject({ state: 'hit', value: yahoo });
  expect(source.asked).toEqual([]);
});

it('says that there are no prices where the source cannot tell', async () => {
  const { service } = aService(new CandlesUnavailableError('it is away.'));
  await expect(service.read(key)).rejects.toThrow(CandlesUnavailableError);
});

it.each([
  ['a day that there is not', { from: '2026-02-30' }],
  ['an end before the beginning', { to: '2025-12-31' }],
  ['an hour that there is not', { from: '2026-01-01T25:00' }],
])('refuses %s', async (_what, over) => {
  await expect(aService([candle]).service.read({ ...key, ...over })).rejects.toThrow(RequestInvalidError);
});
