import fc from 'fast-check';
import { hours } from './durations';
import { untilCalendarTurns, type CalendarTurn } from './calendar-turns';

const at = (text: string) => Date.parse(text);
const turns = ['D', 'W', 'M', 'Y'] as const;

/** When a value stored at a moment stops being fresh, as ISO text. */
function endsAt(zone: string, by: CalendarTurn, nowText: string): string {
  const nowMs = at(nowText);
  const fresh = untilCalendarTurns({ zone, by });
  return new Date(nowMs + fresh.freshForMs({ key: '', value: null, nowMs })).toISOString();
}

it.each([
  // India, 5:30 ahead: its midnight is 18:30 UTC of the day before.
  ['D', 'Asia/Kolkata', '2026-01-09T10:00:00Z', '2026-01-09T18:30:00.000Z'],
  ['D', 'Asia/Kolkata', '2026-01-09T18:29:59.999Z', '2026-01-09T18:30:00.000Z'],
  ['D', 'Asia/Kolkata', '2026-01-09T18:30:00Z', '2026-01-10T18:30:00.000Z'],
  ['D', 'Asia/Kolkata', '2024-02-28T12:00:00Z', '2024-02-28T18:30:00.000Z'],
  ['M', 'Asia/Kolkata', '2024-02-29T12:00:00Z', '2024-02-29T18:30:00.000Z'],
  ['M', 'Asia/Kolkata', '2025-02-28T18:30:00Z', '2025-03-31T18:30:00.000Z'],
  ['Y', 'Asia/Kolkata', '2025-12-31T18:29:59.999Z', '2025-12-31T18:30:00.000Z'],
  ['Y', 'Asia/Kolkata', '2025-12-31T18:30:00Z', '2026-12-31T18:30:00.000Z'],
  // 2020 has 53 ISO weeks: the last one holds 1 January 2021, and week 1 begins on 4 January.
  ['W', 'UTC', '2020-12-31T12:00:00Z', '2021-01-04T00:00:00.000Z'],
  ['W', 'UTC', '2021-01-01T12:00:00Z', '2021-01-04T00:00:00.000Z'],
  ['W', 'UTC', '2021-01-04T00:00:00Z', '2021-01-11T00:00:00.000Z'],
  // 29 December 2025 belongs to week 1 of 2026 already: the year's turn does not turn the week.
  ['W', 'Asia/Kolkata', '2025-12-29T10:00:00Z', '2026-01-04T18:30:00.000Z'],
  ['W', 'Asia/Kolkata', '2026-01-04T18:29:59.999Z', '2026-01-04T18:30:00.000Z'],
  // Berlin: a day of 23 hours, one of 25, and the weeks and months that hold them.
  ['D', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00.000Z'],
  ['D', 'Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00.000Z'],
  ['W', 'Europe/Berlin', '2026-03-27T12:00:00Z', '2026-03-29T22:00:00.000Z'],
  ['M', 'Europe/Berlin', '2026-10-01T00:00:00Z', '2026-10-31T23:00:00.000Z'],
  ['D', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-04T03:00:00.000Z'],
  ['D', 'Pacific/Apia', '2011-12-29T12:00:00Z', '2011-12-30T10:00:00.000Z'],
] as const)('%s in %s of %s ends at %s', (by, zone, now, end) => {
  expect(endsAt(zone, by, now)).toBe(end);
});

const zones = ['Asia/Kolkata', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Kiritimati', 'UTC'];
const formats = new Map(
  zones.map((timeZone) => [timeZone, new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })]),
);
const rules = new Map(zones.map((zone) => [zone, untilCalendarTurns({ zone, by: (turn: CalendarTurn) => turn })]));
const lifeMs = (zone: string, key: CalendarTurn, nowMs: number) =>
  rules.get(zone)?.freshForMs({ key, value: null, nowMs }) ?? NaN;

/** The calendar's answer by another way: what a formatter prints for the date. */
function label(zone: string, turn: CalendarTurn, ms: number): string {
  const date = formats.get(zone)?.format(ms) ?? '';
  if (turn === 'D') return date;
  if (turn !== 'W') return date.slice(0, turn === 'M' ? 7 : 4);
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  return String(at(date) / 86_400_000 - weekday);
}

const moment = fc.integer({ min: at('1990-01-01T00:00:00Z'), max: at('2060-01-01T00:00:00Z') });

it('ends in the first millisecond of the next day, week, month or year', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.constantFrom(...turns), moment, (zone, by, nowMs) => {
      const endMs = nowMs + lifeMs(zone, by, nowMs);
      expect(endMs).toBeGreaterThan(nowMs);
      expect(label(zone, by, endMs - 1)).toBe(label(zone, by, nowMs));
      expect(label(zone, by, endMs)).not.toBe(label(zone, by, nowMs));
    }),
    { numRuns: 300 },
  );
});

it('answers the same whether or not it was asked about other moments before', () => {
  const asked = fc.record({ zone: fc.constantFrom(...zones), key: fc.constantFrom(...turns), nowMs: moment });
  fc.assert(
    fc.property(asked, ({ zone, key, nowMs }) => {
      const unasked = untilCalendarTurns({ zone, by: key });
      expect(lifeMs(zone, key, nowMs)).toBe(unasked.freshForMs({ key: '', value: null, nowMs }));
    }),
    { numRuns: 50 },
  );
});

it('keeps apart a day, week, month and year that begin together', () => {
  // 1 January 2024 was a Monday.
  const fresh = untilCalendarTurns({ zone: 'UTC', by: (turn: CalendarTurn) => turn });
  const nowMs = at('2024-01-01T00:00:00Z');
  const ends = turns.map((key) => new Date(nowMs + fresh.freshForMs({ key, value: null, nowMs })).toISOString());
  expect(ends.map((end) => end.slice(0, 10))).toEqual(['2024-01-02', '2024-01-08', '2024-02-01', '2025-01-01']);
});

it('is off by no more than the clock is, when the clock is an hour wrong', () => {
  const shift = fc.constantFrom(-hours(1), hours(1));
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.constantFrom(...turns), moment, shift, (zone, by, trueMs, shiftMs) => {
      const lifeAt = (nowMs: number) => lifeMs(zone, by, nowMs);
      const turned = label(zone, by, trueMs) !== label(zone, by, trueMs + shiftMs);
      // In the same period the wrong life ends when the wrong clock shows the turn. Across a turn it belongs to the other
      // period: a slow clock ends it within the hour, a fast one keeps it at least until the true turn.
      if (!turned) expect(lifeAt(trueMs + shiftMs)).toBe(lifeAt(trueMs) - shiftMs);
      else if (shiftMs < 0) expect(lifeAt(trueMs + shiftMs)).toBeLessThanOrEqual(hours(1));
      else expect(lifeAt(trueMs + shiftMs)).toBeGreaterThan(lifeAt(trueMs));
    }),
    { numRuns: 300 },
  );
});

describe('with the time at which the value was made', () => {
  const fresh = untilCalendarTurns({ zone: 'UTC', by: 'D', madeAtMs: (value: { madeMs: number }) => value.madeMs });
  const nowMs = at('2026-01-09T12:00:00Z');
  const lifeOf = (madeMs: number) => fresh.freshForMs({ key: '', value: { madeMs }, nowMs });

  it('counts from then', () => expect(lifeOf(at('2026-01-09T00:00:00Z'))).toBe(hours(12)));
  it('is over for what was made before the turn and is stored after it', () => {
    expect(lifeOf(at('2026-01-08T23:59:59.999Z'))).toBe(1);
  });
  it('counts from now for what says a time to come, or none', () => {
    expect(lifeOf(at('2026-01-20T00:00:00Z'))).toBe(hours(12));
    expect(lifeOf(NaN)).toBe(hours(12));
  });
});

it('says what it does', () => {
  expect(untilCalendarTurns({ zone: 'Asia/Kolkata', by: 'D' }).says).toBe('until the day turns in Asia/Kolkata');
  expect(untilCalendarTurns({ zone: 'UTC', by: (key: CalendarTurn) => key }).says).toBe(
    'until the day, week, month or year of the key turns in UTC',
  );
});

it('refuses a zone that does not exist where it is declared', () => {
  expect(() => untilCalendarTurns({ zone: 'Mars/Olympus', by: 'D' })).toThrow(
    expect.objectContaining({ code: 'CACHE_OPTION_INVALID' }),
  );
});
