import { isInLastSession, nowText, parseBound, parseIndianTime } from './legacy-time';

describe('parseBound', () => {
  it.each([
    ['2026-01-09T14:50:00Z', '2026-01-09T14:50:00.000000Z'],
    ['2026-01-09T14:50:00', '2026-01-09T14:50:00.000000Z'],
    ['2026-01-09 14:50:00.123456', '2026-01-09T14:50:00.123456Z'],
    ['2026-01-09T14:50:00.1234569Z', '2026-01-09T14:50:00.123456Z'],
    ['2026-01-09T14:50:00,5', '2026-01-09T14:50:00.500000Z'],
    ['2026-01-09T20:20:00+05:30', '2026-01-09T14:50:00.000000Z'],
    ['2026-01-09T00:20:00.000001-0530', '2026-01-09T05:50:00.000001Z'],
    ['2026-01-09T14', '2026-01-09T14:00:00.000000Z'],
    ['20260109T145000Z', '2026-01-09T14:50:00.000000Z'],
    ['2026-01-09', '2026-01-09T00:00:00.000000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000000Z'],
  ])('reads %s', (text, expected) => expect(parseBound(text)).toBe(expected));

  it.each([
    'garbage',
    '',
    '2026-02-30',
    '2026-13-01',
    '0000-01-01',
    '2026-01-09T24:00:00',
    '2026-01-09T23:59:60',
    '2026-01-09T14:50:00+24:00',
    '2026-01-09T20:20:00 05:30',
    '2026-0109',
    '1767970200',
    '9999-12-31T23:59:59-01:00',
    '0001-01-01T00:00:00+01:00',
  ])('ignores %p', (text) => expect(parseBound(text)).toBeUndefined());
});

describe('parseIndianTime', () => {
  it("takes a time without a zone as India's wall clock, and believes one with a zone", () => {
    expect(parseIndianTime('2026-01-09T20:14:34.765817')).toBe(Date.parse('2026-01-09T14:44:34.765Z'));
    expect(parseIndianTime('2026-01-09T20:14:34.765817Z')).toBe(Date.parse('2026-01-09T20:14:34.765Z'));
    expect(parseIndianTime('soon')).toBeNull();
    expect(parseIndianTime(null)).toBeNull();
  });
});

describe('nowText', () => {
  it('is true UTC with six digits, or none where they are zero', () => {
    expect(nowText({ nowMs: () => Date.parse('2026-01-09T14:50:00.070Z') })).toBe('2026-01-09T14:50:00.070000Z');
    expect(nowText({ nowMs: () => Date.parse('2026-01-09T14:50:00Z') })).toBe('2026-01-09T14:50:00Z');
  });
});

describe('isInLastSession', () => {
  const at = (india: string): number => parseIndianTime(india) ?? NaN;

  it('takes today and the weekday before it, also over a weekend', () => {
    const [friday, thursday, monday] = ['2026-01-09T20:14:00', '2026-01-08T10:00:00', '2026-01-12T09:00:00'];
    expect(isInLastSession(at(friday), at('2026-01-09T20:30:00'))).toBe(true);
    expect(isInLastSession(at(thursday), at(friday))).toBe(true);
    expect(isInLastSession(at(friday), at('2026-01-10T12:00:00'))).toBe(true);
    expect(isInLastSession(at(friday), at('2026-01-11T23:59:00'))).toBe(true);
    expect(isInLastSession(at(friday), at(monday))).toBe(true);
    expect(isInLastSession(at(thursday), at(monday))).toBe(false);
    expect(isInLastSession(at(friday), at('2026-01-13T00:00:00'))).toBe(false);
  });

  it('accepts a snapshot made after half past six in the evening, which the legacy test took for tomorrow', () => {
    expect(isInLastSession(at('2026-01-09T18:31:00'), at('2026-01-09T18:32:00'))).toBe(true);
  });

  it('does not take tomorrow for today', () => {
    expect(isInLastSession(at('2026-01-10T00:01:00'), at('2026-01-09T23:59:00'))).toBe(false);
  });
});
