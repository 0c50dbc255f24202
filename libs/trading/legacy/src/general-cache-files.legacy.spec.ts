import { entryOf, readFile, valuesOf } from './files/family.fixture';
import { generalCacheFiles, keysOf } from './general-cache-files.legacy';

it.each([
  ['global_indices_summary', ['global_indices_summary']],
  ['ohlcv_TCS_1d_30', ['ohlcv:TCS:1d:30']],
  ['ohlcv_M_M_1d_30', ['ohlcv:M:M_1d:30', 'ohlcv:M_M:1d:30']],
  ['aggregated_news_v2_market_20', ['aggregated_news_v2:market:20']],
  ['aggregated_news_v2_market', []],
  ['ohlcv_TCS_1d_x', []],
  ['a_b', []],
])('finds the known keys of %s', (name, keys) => expect(keysOf(name)).toEqual(keys));

const read = (content: string) => readFile(generalCacheFiles, 'ohlcv_TCS_1d_30.json', content);

it('tells when a value was stored, and which key it may have', () => {
  const { rows, checked } = read('{"timestamp": "2026-01-09T10:00:00Z", "data": NaN}');
  const values = {
    file: 'ohlcv_TCS_1d_30.json',
    stored_at: '2026-01-09T10:00:00Z',
    state: 'whole',
    candidates: 'ohlcv:TCS:1d:30',
  };
  expect([valuesOf(rows), checked]).toEqual([[values], [values]]);
});

it.each(['', '{"timestamp": "x", "da', '[]', '{"timestamp": 1, "data": 2}'])('reports %j as broken, without setting it aside', (content) => {
  const { rows, checked } = read(content);
  expect([valuesOf(rows), checked]).toMatchObject([[{ state: 'broken', stored_at: null }], [{ state: 'broken' }]]);
}); // prettier-ignore

it.each([
  ['whole', 'a', 'its name may be that of one known key, or of another'],
  ['whole', 'a or b', 'its name may be that of several known keys'],
  ['whole', '', 'its name is that of no known key'],
  ['broken', 'a', 'broken'],
])('takes nothing over: %s, %j', (state, candidates, skip) => {
  expect(entryOf(generalCacheFiles, { file: 'f', stored_at: 1, state, candidates }, 2)).toEqual({ skip });
});
