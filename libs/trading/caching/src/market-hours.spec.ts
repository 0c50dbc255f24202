import { allowsFreshPicks, isCashMarketOpen, isEodWindow, isScalpingCycle, marketOf } from './market-hours';

const market = marketOf('India', {
  holidays: ['2026-01-26', '2026-11-10'],
  specialSessions: { '2026-11-08': { opens: '18:00', closes: '19:15' } },
});
/** On Friday, 9 January 2026. */
const at = (time: string, date = '2026-01-09') => Date.parse(`${date}T${time}+05:30`);
const holiday = '2026-01-26';
const [saturday, sunday] = ['2026-01-10', '2026-01-11'];
const muhurat = '2026-11-08'; // A Sunday.

/** Each boundary, the millisecond before it, and the far ends of the day. */
const windows = [
  {
    name: 'the cash market',
    holds: (ms: number) => isCashMarketOpen(market, ms),
    inside: ['09:15:00', '12:00:00', '15:29:59.999'],
    outside: ['00:00:00', '09:14:59.999', '15:30:00', '23:59:59.999'],
    insideMuhurat: ['18:00:00', '19:14:59.999'],
    outsideMuhurat: ['12:00:00', '17:59:59.999', '19:15:00'],
  },
  {
    name: 'the scalping cycle',
    holds: (ms: number) => isScalpingCycle(market, ms),
    inside: ['09:20:00', '12:00:00', '15:30:00', '15:30:59.999'],
    outside: ['00:00:00', '09:15:00', '09:19:59.999', '15:31:00', '23:59:59.999'],
    insideMuhurat: ['18:05:00', '19:15:59.999'],
    outsideMuhurat: ['12:00:00', '18:04:59.999', '19:16:00'],
  },
  {
    name: 'the end-of-day window',
    holds: (ms: number) => isEodWindow(market, ms),
    inside: ['15:30:00', '15:45:00', '15:45:59.999'],
    outside: ['00:00:00', '15:29:59.999', '15:46:00', '23:59:59.999'],
    insideMuhurat: ['19:15:00', '19:30:59.999'],
    outsideMuhurat: ['15:40:00', '19:14:59.999', '19:31:00'],
  },
];

describe.each(windows)('$name', ({ holds, inside, outside, insideMuhurat, outsideMuhurat }) => {
  it.each(inside)('includes %s', (time) => expect(holds(at(time))).toBe(true));
  it.each(outside)('excludes %s', (time) => expect(holds(at(time))).toBe(false));
  it.each([saturday, sunday, holiday])('does not exist on %s', (date) => {
    for (const time of inside) expect(holds(at(time, date))).toBe(false);
  });
  it('follows a special session', () => {
    for (const time of insideMuhurat) expect(holds(at(time, muhurat))).toBe(true);
    for (const time of outsideMuhurat) expect(holds(at(time, muhurat))).toBe(false);
  });
});

describe('fresh picks', () => {
  const allowed = (time: string, run: { mode?: string; trigger?: string } = {}, date = '2026-01-09') =>
    allowsFreshPicks(market, { mode: 'Intraday', trigger: 'hourly', ...run }, at(time, date));

  it.each(['00:00:00', '09:15:00', '15:14:59.999'])('are allowed at %s', (time) => expect(allowed(time)).toBe(true));
  it.each(['15:15:00', '15:30:00', '23:59:59.999'])('are not at %s', (time) => expect(allowed(time)).toBe(false));

  it.each(['15:15:00', '23:59:59.999'])('are allowed at %s for Swing and for a backfill', (time) => {
    for (const mode of ['Swing', 'swing']) expect(allowed(time, { mode })).toBe(true);
    expect(allowed(time, { trigger: 'backfill' })).toBe(true);
    for (const mode of ['Scalping', 'Options', 'Futures']) expect(allowed(time, { mode })).toBe(false);
    expect(allowed(time, { trigger: 'Backfill' })).toBe(false);
  });

  it('end a quarter of an hour before a special session does', () => {
    expect(allowed('18:59:59.999', {}, muhurat)).toBe(true);
    expect(allowed('19:00:00', {}, muhurat)).toBe(false);
  });

  it('end at 15:15 on a day without a session too', () => {
    expect(allowed('15:14:59.999', {}, saturday)).toBe(true);
    expect(allowed('15:15:00', {}, holiday)).toBe(false);
  });
});

describe('regions', () => {
  const wednesday = Date.parse('2026-01-07T22:00:00Z');

  it('Global is open from Monday to Friday by the date in UTC', () => {
    const times = [
      '2026-01-05T00:00:00Z',
      '2026-01-09T23:59:59.999Z',
      '2026-01-10T00:00:00Z',
      '2026-01-04T23:59:59.999Z',
    ];
    expect(times.map((time) => marketOf('Global').isOpen(Date.parse(time)))).toEqual([true, true, false, false]);
  });

  // [run] of the contract: 26 January counts as open; here too, where nobody names the day.
  it("has India's holidays in India only", () => {
    const republicDay = at('12:00:00', holiday);
    expect(marketOf('Global', { holidays: [holiday] }).isOpen(republicDay)).toBe(true);
    expect(marketOf('India', { holidays: [holiday] }).isOpen(republicDay)).toBe(false);
    expect(marketOf('India').isOpen(republicDay)).toBe(true);
  });

  it.each(['US', 'india', ''])('%j is always closed', (region) => {
    expect(marketOf(region).isOpen(wednesday)).toBe(false);
    expect(marketOf(region).opensAtMs(wednesday)).toBeNull();
  });

  it('a holiday that is no date is named', () => {
    expect(() => marketOf('India', { holidays: ['2026-02-30'] })).toThrow(/2026-02-30/);
  });
});
