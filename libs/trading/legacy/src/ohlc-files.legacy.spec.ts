import type { CacheRow } from '@sluice/migration';
import { entryOf, readFile, valuesOf } from './files/family.fixture';
import { legacyKey, ohlcFiles } from './ohlc-files.legacy';

const request = {
  symbol: 'TCS',
  from_date: '2026-01-01T09:15:30',
  to_date: '2026-01-09T15:30:00',
  interval: '5m',
  source: 'auto',
};
const key = 'TCS_5m_1c8ffbe4eb41';
const entry = { ...request, cached_at: '2026-01-09T15:30:00.5', row_count: 1, file_size: 9 };
const index = JSON.stringify({ [key]: entry });
const file =
  '{"data": [{"time": "2026-01-09T09:15:00+05:30", "close": 1.10}], "row_count": 1, "columns": ["time", "close"]}';

it.each([
  ['1d', 'auto', 'TCS_1d_3b740e834452'],
  ['5m', 'auto', 'TCS_5m_1c8ffbe4eb41'],
  ['1d', 'yahoo', 'TCS_1d_1f66c5e49c0e'],
])('names the answer for %s from %s as the legacy cache did', (interval, source, name) => {
  expect(legacyKey({ symbol: 'TCS', from: request.from_date, to: request.to_date, interval, source })).toBe(name);
});

describe('a file', () => {
  it("is what its metadata tells, at the server's clock in the zone that is named", () => {
    const values = {
      file: `${key}.json`,
      ...request,
      rows: '[{"time": "2026-01-09T09:15:00+05:30", "close": 1.10}]',
      row_count: 1n,
    };
    const { rows } = readFile(ohlcFiles, `${key}.json`, file, { index });
    expect(valuesOf(rows)).toEqual([{ ...values, cached_at: '2026-01-09T15:30:00.5+05:30' }]);
    const { rows: inUtc } = readFile(ohlcFiles, `${key}.json`, file, { index, zone: 'UTC' });
    expect(valuesOf(inUtc)).toEqual([{ ...values, cached_at: '2026-01-09T15:30:00.5+00:00' }]);
  });

  it.each([
    ['there is none', null],
    ['it does not speak of the file', '{}'],
    ['it is truncated', index.slice(0, -1)],
  ])('belongs to nobody where of its metadata %s', (_name, metadata) => {
    const { rows, checked } = readFile(ohlcFiles, `${key}.json`, file, { index: metadata });
    expect(valuesOf(rows)[0]).not.toHaveProperty('symbol');
    expect(checked[0]).not.toHaveProperty('symbol');
  });

  it.each([
    ['another symbol', { symbol: 'INFY' }],
    ['another minute', { from_date: '2026-01-01T09:16:30' }],
    ['another source', { source: 'yahoo' }],
  ])('is refused where its metadata tells %s than the hash in its name', (_name, over) => {
    const read = () =>
      readFile(ohlcFiles, `${key}.json`, file, { index: JSON.stringify({ [key]: { ...entry, ...over } }) });
    expect(read).toThrow('is named by the hash of another request than its metadata tells');
  });

  it.each([
    [file.slice(0, -9), 'ends before its JSON does'],
    ['', 'ends before its JSON does'],
    ['{"data": [], "columns": []}', 'has no whole number row_count'],
    ['{"data": [], "row_count": 0, "columns": [], "x": 1}', 'has a member that is not known'],
  ])('is refused when it is %j', (content, fault) => {
    expect(() => readFile(ohlcFiles, `${key}.json`, content, { index })).toThrow(fault);
  });
});

it('finds entries of the metadata whose file is gone', () => {
  const { rows, checked } = readFile(ohlcFiles, 'metadata.json', index, { index, names: ['other.json'] });
  expect(valuesOf(rows)).toMatchObject([{ file: `${key}.json`, symbol: 'TCS' }]);
  expect(checked).toMatchObject([{ file: `${key}.json`, symbol: 'TCS' }]);
  expect(readFile(ohlcFiles, 'metadata.json', index, { index, names: [`${key}.json`] }).rows).toEqual([]);
});

describe('an entry', () => {
  const nowMs = Date.UTC(2026, 0, 9, 10, 30);
  const row: CacheRow = {
    file: `${key}.json`, ...request, rows: '[{"time": "t"}]', row_count: 1n, cached_at: nowMs - 600_000,
  }; // prettier-ignore
  const made = (over: CacheRow) => entryOf(ohlcFiles, { ...row, ...over }, nowMs);

  it("has what is left of its interval's life, and the key that a reader of the same request makes", () => {
    const value = '{"source":"auto","rows":[{"time": "t"}]}';
    expect(made({})).toMatchObject({ key: 'hist:TCS:2026-01-01_0915:2026-01-09_1530:5m', value, ttlMs: 3_000_000 });
    expect(made({ source: 'zerodha' })).toMatchObject({ key: 'hist:TCS:2026-01-01_0915:2026-01-09_1530:5m@zerodha' });
    expect(made({ interval: 'day' })).toMatchObject({ key: 'hist:TCS:2026-01-01:2026-01-09:day', ttlMs: 85_800_000 });
  });

  it('gets no longer life from a clock that ran ahead', () => {
    expect(made({ cached_at: nowMs + 9_000_000 })).toMatchObject({ ttlMs: 3_600_000 });
  });

  it.each<[string, CacheRow]>([
    ['expired', { cached_at: nowMs - 3_600_000 }],
    ['no metadata tells whose it is', { symbol: null }],
    ['its file is gone', { rows: null }],
    ['no candles', { rows: '[]', row_count: 0n }],
    ['candles without a time (Yahoo)', { rows: '[{"close": 1}]' }],
  ])('is left behind: %s', (skip, over) => expect(made(over)).toEqual({ skip }));

  it.each<[string, CacheRow]>([
    ['row_count is not the number of its rows', { row_count: 2n }],
    ['some rows have no time', { rows: '[{"time": "t"}, {"time": null}]', row_count: 2n }],
    ['data is no list', { rows: '{}' }],
    ['cached_at is empty', { cached_at: null }],
    ['a name or text in it begins with $', { rows: '[{"time": "t", "x": {"$date": "y"}}]' }],
    ['A time of candles is not like 2026-01-09 or 2026-01-09T09:15.', { from_date: 'soon' }],
  ])('is set aside: %s', (reject, over) => expect(made(over)).toEqual({ reject }));
});
