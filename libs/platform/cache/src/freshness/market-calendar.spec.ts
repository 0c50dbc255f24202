import fc from 'fast-check';
import { MarketCalendar, type MarketHours } from './market-calendar';

const at = (text: string) => Date.parse(text);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const india: MarketHours = {
  zone: 'Asia/Kolkata',
  weekdays: [1, 2, 3, 4, 5],
  session: { opens: '09:15', closes: '15:30' },
};
const anIndianMarket = (over: Partial<MarketHours> = {}) => new MarketCalendar({ ...india, ...over });

describe('the session of a weekday', () => {
  const market = anIndianMarket();

  it.each([
    ['09:14:59.999', false],
    ['09:15:00', true],
    ['12:00:00', true],
    ['15:29:59.999', true],
    ['15:30:00', false],
    ['00:00:00', false],
    ['23:59:59.999', false],
  ])('at %s is open: %s', (time, open) => {
    expect(market.isOpen(at(`2026-01-09T${time}+05:30`))).toBe(open);
  });

  it.each(['2026-01-10', '2026-01-11'])('does not exist on the weekend, %s', (date) => {
    expect(market.isOpen(at(`${date}T12:00:00+05:30`))).toBe(false);
    expect(market.sessionAt(at(`${date}T12:00:00+05:30`))).toBeNull();
  });

  it('tells the minute on the wall', () => {
    expect(market.minuteOfDay(at('2026-01-09T15:15:59.999+05:30'))).toBe(15 * 60 + 15);
    expect(market.sessionAt(at('2026-01-09T23:00:00+05:30'))).toEqual({ opens: 555, closes: 930 });
  });
});

describe('the next opening', () => {
  // Republic Day 2026 is a Monday; the two days after it are made up, for a run of holidays after a weekend.
  const market = anIndianMarket({ holidays: ['2026-01-26', '2026-01-27', '2026-01-28'] });

  it.each([
    ['before the opening', '2026-01-09T09:00:00+05:30', '2026-01-09T09:15:00+05:30'],
    ['now, while it is open', '2026-01-09T10:00:00+05:30', '2026-01-09T10:00:00+05:30'],
    ['at the close of a Friday', '2026-01-09T15:30:00+05:30', '2026-01-12T09:15:00+05:30'],
    ['on a Sunday', '2026-01-11T12:00:00+05:30', '2026-01-12T09:15:00+05:30'],
    ['over a weekend and holidays', '2026-01-23T18:00:00+05:30', '2026-01-29T09:15:00+05:30'],
  ])('%s', (_name, now, opens) => {
    expect(iso(market.opensAtMs(at(now)))).toBe(iso(at(opens)));
  });

  it('does not exist for a market without weekdays', () => {
    const closed = anIndianMarket({ weekdays: [] });
    expect(closed.opensAtMs(at('2026-01-09T10:00:00Z'))).toBeNull();
    expect(closed.lastTradingDay(at('2026-01-09T10:00:00Z'))).toBeNull();
    expect(closed.isOpen(at('2026-01-09T05:00:00Z'))).toBe(false);
  });

  it('is found after months of holidays', () => {
    const holidays = new MarketCalendar(india).tradingDays('2026-01-01', '2026-12-31');
    const market = anIndianMarket({ holidays });
    expect(iso(market.opensAtMs(at('2026-01-01T12:00:00+05:30')))).toBe('2027-01-01T03:45:00.000Z');
    expect(market.lastTradingDay(at('2026-12-31T12:00:00+05:30'))).toBe('2025-12-31');
  });
});

describe('trading days', () => {
  const market = anIndianMarket({ holidays: ['2026-01-26'] });

  it.each([
    ['today, before it opens', '2026-01-09T00:00:00+05:30', '2026-01-09'],
    ['Friday on a Sunday', '2026-01-11T23:59:59.999+05:30', '2026-01-09'],
    ['Friday on a Monday that is a holiday', '2026-01-26T12:00:00+05:30', '2026-01-23'],
    ["India's today, when it is still yesterday in UTC", '2026-01-11T18:30:00Z', '2026-01-12'],
  ])('the last one is %s', (_name, now, date) => {
    expect(market.lastTradingDay(at(now))).toBe(date);
  });

  it('are listed from and to, both included', () => {
    expect(market.tradingDays('2026-01-23', '2026-01-28')).toEqual(['2026-01-23', '2026-01-27', '2026-01-28']);
    expect(market.tradingDays('2026-01-24', '2026-01-26')).toEqual([]);
    expect(market.tradingDays('2026-01-28', '2026-01-27')).toEqual([]);
  });
});

describe('a special session', () => {
  // Muhurat trading: an hour on the evening of Diwali, a holiday; here also on a Sunday.
  const muhurat = { opens: '18:00', closes: '19:15' };
  const market = anIndianMarket({
    holidays: ['2024-11-01'],
    specialSessions: { '2024-11-01': muhurat, '2023-11-12': muhurat },
  });

  it.each(['2024-11-01', '2023-11-12'])('opens a day that is closed otherwise, %s', (date) => {
    expect(market.isOpen(at(`${date}T10:00:00+05:30`))).toBe(false);
    expect(market.isOpen(at(`${date}T18:00:00+05:30`))).toBe(true);
    expect(market.isOpen(at(`${date}T19:14:59.999+05:30`))).toBe(true);
    expect(market.isOpen(at(`${date}T19:15:00+05:30`))).toBe(false);
    expect(market.lastTradingDay(at(`${date}T23:00:00+05:30`))).toBe(date);
    expect(iso(market.opensAtMs(at(`${date}T00:00:00+05:30`)))).toBe(iso(at(`${date}T18:00:00+05:30`)));
  });
});

it('is open all day on the weekdays of UTC', () => {
  const market = new MarketCalendar({
    zone: 'UTC',
    weekdays: [1, 2, 3, 4, 5],
    session: { opens: '00:00', closes: '24:00' },
  });
  const openFrom = [at('2026-01-05T00:00:00Z'), at('2026-01-09T23:59:59.999Z')].map((ms) => market.isOpen(ms));
  const closedFrom = [at('2026-01-10T00:00:00Z'), at('2026-01-11T23:59:59.999Z')].map((ms) => market.isOpen(ms));
  expect([...openFrom, ...closedFrom]).toEqual([true, true, false, false]);
  expect(iso(market.opensAtMs(at('2026-01-10T05:00:00Z')))).toBe('2026-01-12T00:00:00.000Z');
});

it('opens at the wall time of its zone on both sides of a change of the clocks', () => {
  const berlin = anIndianMarket({ zone: 'Europe/Berlin', session: { opens: '09:00', closes: '17:30' } });
  expect(iso(berlin.opensAtMs(at('2026-03-27T17:00:00Z')))).toBe('2026-03-30T07:00:00.000Z');
  expect(iso(berlin.opensAtMs(at('2026-03-26T17:00:00Z')))).toBe('2026-03-27T08:00:00.000Z');
  const sunday = anIndianMarket({ zone: 'Europe/Berlin', weekdays: [7], session: { opens: '00:00', closes: '24:00' } });
  expect(sunday.isOpen(at('2026-10-25T22:59:59.999Z'))).toBe(true);
  expect(sunday.isOpen(at('2026-10-25T23:00:00Z'))).toBe(false);
});

it('opens at the next opening and not before, wherever the question starts', () => {
  const holidays = ['2026-01-26', '2026-03-03', '2026-12-25'];
  const aMarket = () =>
    anIndianMarket({ holidays, specialSessions: { '2026-11-08': { opens: '18:00', closes: '19:00' } } });
  const market = aMarket();
  const moment = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2026-12-31T00:00:00Z') });
  const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(moment, part, (nowMs, between) => {
      const opensMs = market.opensAtMs(nowMs) ?? NaN;
      expect(opensMs).toBeGreaterThanOrEqual(nowMs);
      expect(market.isOpen(opensMs)).toBe(true);
      const beforeMs = nowMs + Math.floor((opensMs - nowMs) * between);
      expect(market.isOpen(beforeMs)).toBe(beforeMs === opensMs);
      // A calendar that remembers no other day answers the same.
      expect(aMarket().opensAtMs(nowMs)).toBe(opensMs);
      expect(aMarket().lastTradingDay(nowMs)).toBe(market.lastTradingDay(nowMs));
    }),
    { numRuns: 100 },
  );
});

describe('a configuration that cannot be', () => {
  const refusal = (message: string) => expect.objectContaining({ code: 'MARKET_CALENDAR_INVALID', message });

  it.each(['2026-02-30', '2026-13-01', '26-01-26', '2026-1-26', '2026-01-26T00:00:00Z', ''])(
    'names the holiday %j',
    (date) => {
      expect(() => anIndianMarket({ holidays: ['2026-01-26', date] })).toThrow(
        refusal(`holidays: "${date}" is no date of the form YYYY-MM-DD.`),
      );
    },
  );

  it('takes a leap day and refuses it in another year', () => {
    expect(() => anIndianMarket({ holidays: ['2024-02-29'] })).not.toThrow();
    expect(() => anIndianMarket({ holidays: ['2025-02-29'] })).toThrow(/"2025-02-29"/);
  });

  it('names the special session', () => {
    const special = (date: string, opens: string, closes: string) => () =>
      anIndianMarket({ specialSessions: { [date]: { opens, closes } } });
    expect(special('2026-11-31', '18:00', '19:00')).toThrow(/specialSessions: "2026-11-31"/);
    expect(special('2026-11-08', '19:00', '18:00')).toThrow(
      refusal('specialSessions of 2026-11-08: 18:00 is not after 19:00.'),
    );
    expect(special('2026-11-08', '25:00', '26:00')).toThrow(
      refusal('specialSessions of 2026-11-08: "25:00" is no time of the form HH:MM.'),
    );
    expect(special('2026-11-08', '9:15', '15:30')).toThrow(/"9:15"/);
  });

  it('names the weekday, the date of a listing and the zone', () => {
    expect(() => anIndianMarket({ weekdays: [0] })).toThrow(refusal('weekdays are 1 (Monday) to 7 (Sunday), not 0.'));
    expect(() => anIndianMarket().tradingDays('2026-01-01', 'tomorrow')).toThrow(/^to: "tomorrow"/);
    expect(() => anIndianMarket({ zone: 'IST?' })).toThrow(expect.objectContaining({ code: 'CACHE_OPTION_INVALID' }));
  });
});
