import { days, seconds } from './durations';
import { MarketCalendar } from './market-calendar';
import { whileMarketOpen } from './while-market-open';

const calendar = new MarketCalendar({
  zone: 'Asia/Kolkata',
  weekdays: [1, 2, 3, 4, 5],
  session: { opens: '09:15', closes: '15:30' },
});
const fresh = whileMarketOpen({ calendar, freshMs: seconds(300) });
const stillFresh = (at: string, staleForMs: number) =>
  fresh.stillFresh?.({ key: '', nowMs: Date.parse(at), staleForMs });

it('gives a fixed life at every hour', () => {
  for (const at of ['2026-01-09T10:00:00+05:30', '2026-01-10T10:00:00+05:30'])
    expect(fresh.freshForMs({ key: '', value: null, nowMs: Date.parse(at) })).toBe(300_000);
});

it('keeps a value of the last session over the weekend, until the market opens', () => {
  expect(stillFresh('2026-01-09T15:29:59.999+05:30', 1)).toBe(false);
  expect(stillFresh('2026-01-09T15:30:00+05:30', 1)).toBe(true);
  expect(stillFresh('2026-01-11T12:00:00+05:30', days(2))).toBe(true);
  expect(stillFresh('2026-01-12T09:14:59.999+05:30', days(3))).toBe(true);
  expect(stillFresh('2026-01-12T09:15:00+05:30', days(3))).toBe(false);
});

it('takes seven full days and refuses the eighth, the fresh life included', () => {
  expect(stillFresh('2026-01-10T12:00:00+05:30', days(8) - seconds(300) - 1)).toBe(true);
  expect(stillFresh('2026-01-10T12:00:00+05:30', days(8) - seconds(300))).toBe(false);
});

it('holds no value from the moment on that it says', () => {
  expect(fresh.heldMs).toBe(days(8) - seconds(300));
});

it('says both lives', () => expect(fresh.says).toBe('300 s, while the market is closed up to 8 d'));

it('refuses a life that is none, and a limit below it', () => {
  const refused = (message: RegExp) => expect.objectContaining({ message: expect.stringMatching(message) });
  expect(() => whileMarketOpen({ calendar, freshMs: 0 })).toThrow(refused(/^freshFor must be/));
  expect(() => whileMarketOpen({ calendar, freshMs: 10, closedMaxAgeMs: 9 })).toThrow(
    refused(/^closedMaxAgeMs must be 10 to/),
  );
});
