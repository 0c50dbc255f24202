import { supportResistanceEntry } from './support-resistance.entry';
import { SUPPORT_RESISTANCE_GRACE_MS, supportResistanceFreshness } from './support-resistance.freshness';

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

// The day of `computedAt` in India ends at 18:30 UTC, its ISO week on Sunday the 11th.
const turnsMs = { D: '2026-01-09', W: '2026-01-11', M: '2026-01-31', Y: '2026-12-31' };
const endOf = (scope: keyof typeof turnsMs) => Date.parse(`${turnsMs[scope]}T18:30:00Z`);

it.each(['D', 'W', 'M', 'Y'] as const)('gives %s what is left until the calendar turns, and 400 days', (scope) => {
  const row = aRow({ timeframe_scope: scope });
  for (const nowMs of [computedAtMs, endOf('D') - 1, endOf(scope), computedAtMs + 390 * day])
    expect(supportResistanceEntry(row, nowMs)).toMatchObject({ ttlMs: endOf(scope) + 400 * day - nowMs });
});

it.each(['D', 'W', 'M', 'Y'] as const)('is fresh in the cache up to the turn of %s and stale from then on', (scope) => {
  const isFresh = (nowMs: number) => {
    const entry = supportResistanceEntry(aRow({ timeframe_scope: scope }), nowMs) as { ttlMs: number };
    return entry.ttlMs > SUPPORT_RESISTANCE_GRACE_MS; // The engine's rule.
  };
  expect([isFresh(computedAtMs), isFresh(endOf(scope) - 1), isFresh(endOf(scope))]).toEqual([true, true, false]);
});

it('gives a level of now the life that the cache gives it', () => {
  const levels = { computed_at_ist: computedAt };
  for (const scope of ['D', 'W', 'M', 'Y'] as const) {
    const stored = { key: { symbol: 'RELIANCE', scope }, value: levels, nowMs: computedAtMs + 5_000 };
    const ttlMs = supportResistanceFreshness.freshForMs(stored) + SUPPORT_RESISTANCE_GRACE_MS;
    expect(supportResistanceEntry(aRow({ timeframe_scope: scope }), stored.nowMs)).toMatchObject({ ttlMs });
  }
});

it.each([
  ['with an offset', computedAt],
  ['without one, as the wall clock of India', '2026-01-09 15:30:00'],
  ['in UTC', '2026-01-09T10:00:00Z'],
  ['in the last millisecond of the day', '2026-01-09T23:59:59.999999+05:30'],
])('takes a time %s', (_name, text) => {
  const entry = supportResistanceEntry(aRow({ computed_at_ist: text }), endOf('D') + 10 * day);
  expect(entry).toMatchObject({ ttlMs: 390 * day });
});

it('gives the last millisecond and skips after it', () => {
  expect(supportResistanceEntry(aRow(), endOf('D') + 400 * day - 1)).toMatchObject({ ttlMs: 1 });
  expect(supportResistanceEntry(aRow(), endOf('D') + 400 * day)).toEqual({ skip: 'expired' });
  expect(supportResistanceEntry(aRow({ computed_at_ist: '0050-01-01T00:00:00+05:30' }), computedAtMs)).toEqual({
    skip: 'expired',
  });
});

it('gives a level from the future no longer life than a new one', () => {
  const early = computedAtMs - 20 * day; // Its day ends at 18:30 UTC too.
  expect(supportResistanceEntry(aRow(), early)).toMatchObject({ ttlMs: endOf('D') - computedAtMs + 400 * day });
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
