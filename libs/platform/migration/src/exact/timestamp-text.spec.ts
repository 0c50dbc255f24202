import { epochText, timestampText } from './timestamp-text';

describe('timestampText', () => {
  it.each([
    ['2026-01-09 10:00:00', '2026-01-09 10:00:00+00:00'],
    ['2026-01-09 10:00:00.123456', '2026-01-09 10:00:00.123456+00:00'],
    ['2026-01-09T14:28:23.933306', '2026-01-09 14:28:23.933306+00:00'],
    ['2026-01-09T14:28:23Z', '2026-01-09 14:28:23+00:00'],
    ['2026-01-09T14:28:23+05:30', '2026-01-09 14:28:23+05:30'],
    ['2026-01-09T14:28:23.5-0330', '2026-01-09 14:28:23.5-03:30'],
    ['9999-12-31 23:59:59', '9999-12-31 23:59:59+00:00'],
  ])('keeps the wall clock of %s', (given, expected) => {
    expect(timestampText(given, 'UTC')).toEqual({ text: expected });
  });

  it('reads a naive time in the declared zone and leaves a stated one alone', () => {
    expect(timestampText('2026-01-09T10:00:00', 'Asia/Kolkata')).toEqual({ text: '2026-01-09 10:00:00+05:30' });
    expect(timestampText('2026-01-09T10:00:00Z', 'Asia/Kolkata')).toEqual({ text: '2026-01-09 10:00:00+00:00' });
  });

  it('puts the true zone in the place of a wrong label', () => {
    expect(timestampText('2026-01-09T19:56:26.097643Z', 'UTC', 'Asia/Kolkata')).toEqual({
      text: '2026-01-09 19:56:26.097643+05:30',
    });
  });

  it('cuts nanoseconds by a rule that keeps the original', () => {
    expect(timestampText('2026-01-09T10:00:00.123456789Z', 'UTC')).toEqual({
      text: '2026-01-09 10:00:00.123456+00:00',
      rule: 'nanoseconds-cut',
      keepOriginal: true,
    });
  });

  it('takes a bare date as midnight and counts it', () => {
    expect(timestampText('2026-01-09', 'UTC')).toEqual({ text: '2026-01-09 00:00:00+00:00', rule: 'date-only' });
  });

  it.each([
    '0000-00-00',
    '2024-02-30',
    '2026-01-09T24:00:00',
    '2026-01-09T23:59:60Z',
    'now',
    'soon',
    '10000-01-01',
    '2026-01-09T10:00:00+99:00',
    '2026-1-9',
    '2023-02-29 00:00:00',
    ' 2026-01-09',
    '2026-01-09T10:00:00ZZ',
  ])('quarantines %s', (given) => {
    expect(timestampText(given, 'UTC')).toMatchObject({ reject: 'B23' });
  });
});

it('quarantines what its offset moves out of the years 1 to 9999', () => {
  expect(timestampText('0001-01-01T00:00:00+01:00', 'UTC')).toMatchObject({ reject: 'B24' });
  expect(timestampText('9999-12-31T23:59:59-01:00', 'UTC')).toMatchObject({ reject: 'B24' });
});

describe('epochText', () => {
  it('rounds a REAL from its exact value', () => {
    expect(epochText(1767993932.9678104)).toMatchObject({ text: '2026-01-09 21:25:32.967810+00:00' });
  });

  it('finds the unit of each value by itself', () => {
    expect(epochText(1767953303)).toMatchObject({ text: '2026-01-09 10:08:23.000000+00:00', rule: 'epoch-s' });
    expect(epochText(1767953303250)).toMatchObject({ text: '2026-01-09 10:08:23.250000+00:00', rule: 'epoch-ms' });
    expect(epochText(1767953303000024)).toMatchObject({ text: '2026-01-09 10:08:23.000024+00:00', rule: 'epoch-us' });
    expect(epochText(1767953303.5)).toMatchObject({ text: '2026-01-09 10:08:23.500000+00:00', rule: 'epoch-s' });
  });

  it('does not guess what a day number means', () => {
    expect(epochText(20260109)).toMatchObject({ reject: 'B21' });
  });
});
