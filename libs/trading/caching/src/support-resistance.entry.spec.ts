import { supportResistanceEntry } from './support-resistance.entry';

const day = 86_400_000;
const computedAt = '2026-01-09T15:30:00.250999+05:30';
const computedAtMs = Date.parse('2026-01-09T10:00:00.250Z');
const aRow = (over: Record<string, string | number | bigint | null> = {}) => ({
  rowid: 1n,
  symbol: 'RELIANCE',
  timeframe_scope: 'D',
  p: 100.1,
  r1: 0.1 + 0.2,
  r2: 5e-324,
  r3: 1e21,
  s1: -0,
  s2: -3,
  s3: 0,
  computed_at_ist: computedAt,
  ...over,
});

it('keeps the legacy payload, every double bit for bit', () => {
  const entry = supportResistanceEntry(aRow(), computedAtMs + day) as { key: string; value: string };
  expect(entry.key).toBe('sr:RELIANCE:D');
  const { rowid: _rowid, ...levels } = aRow();
  expect(JSON.parse(entry.value)).toEqual(levels);
  expect(entry.value).toBe(
    '{"symbol":"RELIANCE","timeframe_scope":"D","p":100.1,"r1":0.30000000000000004,"r2":5e-324,"r3":1e+21,' +
      `"s1":-0,"s2":-3,"s3":0,"computed_at_ist":"${computedAt}"}`,
  );
});

it.each([
  ['with an offset', computedAt, computedAtMs],
  ['without one, as the wall clock of India', '2026-01-09 15:30:00', Date.parse('2026-01-09T10:00:00Z')],
  ['in UTC', '2026-01-09T10:00:00Z', Date.parse('2026-01-09T10:00:00Z')],
])('gives what is left of 400 days since a time %s', (_name, text, expectedMs) => {
  const entry = supportResistanceEntry(aRow({ computed_at_ist: text }), expectedMs + 10 * day);
  expect(entry).toMatchObject({ ttlMs: 390 * day });
});

it('gives the last millisecond and skips after it', () => {
  expect(supportResistanceEntry(aRow(), computedAtMs + 400 * day - 1)).toMatchObject({ ttlMs: 1 });
  expect(supportResistanceEntry(aRow(), computedAtMs + 400 * day)).toEqual({ skip: 'expired' });
});

it('gives a level from the future no longer life than a new one', () => {
  expect(supportResistanceEntry(aRow(), computedAtMs - day)).toMatchObject({ ttlMs: 400 * day });
});

it.each([
  ['p is NULL', { p: null }],
  ['s3 is not finite, which JSON cannot hold', { s3: Infinity }],
  ['r1 is not finite, which JSON cannot hold', { r1: NaN }],
  ['r2 is not a number', { r2: 'x' }],
  ['timeframe_scope is not Y, M, W or D', { timeframe_scope: 'd' }],
  ['timeframe_scope is not Y, M, W or D', { timeframe_scope: null }],
  ['computed_at_ist is not text', { computed_at_ist: null }],
  ['computed_at_ist is not a time', { computed_at_ist: 'yesterday' }],
  ['computed_at_ist is not a time', { computed_at_ist: '2026-02-30T10:00:00+05:30' }],
  ['computed_at_ist is not a time', { computed_at_ist: '2026-01-09T24:00:00+05:30' }],
  ['computed_at_ist is not a time', { computed_at_ist: '2026-01-09T10:00:00+99:99' }],
  ['symbol is not text', { symbol: null }],
  ['A part of a cache key is empty.', { symbol: '' }],
])('rejects: %s (%j)', (reason, over) => {
  expect(supportResistanceEntry(aRow(over), computedAtMs)).toEqual({ reject: reason });
});
