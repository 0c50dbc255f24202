import fc from 'fast-check';
import { WallClock } from './wall-clock';

const utc = (text: string) => Date.parse(`${text}Z`);

it.each([
  ['Asia/Kolkata', '2026-01-09T18:30:00', '2026-01-10T00:00:00'],
  ['Asia/Kolkata', '1969-12-31T18:29:59.999', '1969-12-31T23:59:59.999'],
  ['Europe/Berlin', '2026-03-29T00:59:59.999', '2026-03-29T01:59:59.999'],
  ['Europe/Berlin', '2026-03-29T01:00:00', '2026-03-29T03:00:00'],
  ['Europe/Berlin', '2026-10-25T01:00:00', '2026-10-25T02:00:00'],
  ['UTC', '2024-02-29T12:34:56.789', '2024-02-29T12:34:56.789'],
])('shows in %s at %sZ the wall time %s', (zone, at, wall) => {
  expect(new WallClock(zone).wallMs(utc(at))).toBe(utc(wall));
});

it.each([
  ['a plain midnight', 'Asia/Kolkata', '2026-01-10T00:00:00', '2026-01-09T18:30:00'],
  ['the first of two', 'Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00'],
  ['the change where there is none', 'Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T01:00:00'],
  ['a midnight that does not exist', 'America/Sao_Paulo', '2018-11-04T00:00:00', '2018-11-04T03:00:00'],
  ['a midnight to which clocks go back', 'America/Havana', '2026-11-01T00:00:00', '2026-11-01T04:00:00'],
  ['a day that does not exist', 'Pacific/Apia', '2011-12-30T00:00:00', '2011-12-30T10:00:00'],
])('finds %s in %s', (_name, zone, wall, at) => {
  expect(new WallClock(zone).instantMs(utc(wall))).toBe(utc(at));
});

it('finds back every moment, or the earlier one of the same wall time', () => {
  const clocks = ['UTC', 'Asia/Kolkata', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
  const zone = fc.constantFrom(...clocks.map((name) => new WallClock(name)));
  fc.assert(
    fc.property(zone, fc.integer({ min: utc('1980-01-01T00:00:00'), max: utc('2060-01-01T00:00:00') }), (clock, at) => {
      const wall = clock.wallMs(at);
      const found = clock.instantMs(wall);
      expect(clock.wallMs(found)).toBe(wall);
      expect(found).toBeLessThanOrEqual(at);
    }),
  );
});

it('refuses a zone that Node does not know', () => {
  expect(() => new WallClock('Asia/Calcutto')).toThrow(
    expect.objectContaining({ code: 'CACHE_OPTION_INVALID', message: expect.stringContaining('Asia/Calcutto') }),
  );
});
