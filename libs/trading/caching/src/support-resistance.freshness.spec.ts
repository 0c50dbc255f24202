import { supportResistanceFreshness } from './support-resistance.freshness';

const lifeMs = (scope: 'D' | 'W' | 'M' | 'Y', computedAt: string, now: string) => {
  const nowMs = Date.parse(now);
  const key = { symbol: 'TCS', scope };
  return supportResistanceFreshness.freshForMs({ key, value: { computed_at_ist: computedAt }, nowMs });
};

it.each([
  ['D', '2026-01-10T00:00:00+05:30'],
  ['W', '2026-01-12T00:00:00+05:30'],
  ['M', '2026-02-01T00:00:00+05:30'],
  ['Y', '2027-01-01T00:00:00+05:30'],
] as const)('counts %s until %s', (scope, end) => {
  const now = '2026-01-09T15:30:00+05:30';
  expect(lifeMs(scope, now, now)).toBe(Date.parse(end) - Date.parse(now));
});

it('counts from the computation, not from the store', () => {
  expect(lifeMs('D', '2026-01-09T23:59:59.999999+05:30', '2026-01-10T00:00:00.050+05:30')).toBe(1);
});

it('counts a level of Saturday all Saturday, as there is no trading-day logic', () => {
  expect(lifeMs('D', '2026-01-10T00:05:00+05:30', '2026-01-10T00:05:00+05:30')).toBe(86_400_000 - 300_000);
});

it('counts a payload without a usable time as computed now', () => {
  expect(lifeMs('D', 'yesterday', '2026-01-09T12:00:00+05:30')).toBe(12 * 3_600_000);
});
