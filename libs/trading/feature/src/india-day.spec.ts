import { closeOfIndianDayMs, dayAfter, daysBetween, indianDayOf, secondsOfIndianDay } from './india-day';

it.each([
  ['2026-01-09T18:29:59Z', '2026-01-09'],
  ['2026-01-09T18:30:00Z', '2026-01-10'],
])('%s is on %s in India', (at, day) => expect(indianDayOf(Date.parse(at))).toBe(day));

it('begins a day in India at 18:30 of the day before, UTC, and ends it a second before the next', () => {
  const { from, to } = secondsOfIndianDay('2026-01-10');
  expect(new Date(from * 1000).toISOString()).toBe('2026-01-09T18:30:00.000Z');
  expect(secondsOfIndianDay('2026-01-11').from - to).toBe(1);
});

it('closes a day in India at 15:30 there, 10:00 UTC', () =>
  expect(new Date(closeOfIndianDayMs('2026-01-09')).toISOString()).toBe('2026-01-09T10:00:00.000Z'));

it('counts days over the end of a month', () => {
  expect(daysBetween('2026-02-27', '2026-03-01', 31)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  expect(dayAfter('2026-03-01', -1)).toBe('2026-02-28');
});

it('is no range where it ends before it begins, or is longer than may be', () => {
  expect([daysBetween('2026-01-02', '2026-01-01', 31), daysBetween('2026-01-01', '2026-02-01', 31)]).toEqual([
    null,
    null,
  ]);
});
