import { formatBytes, formatCount, formatFirstRows, formatLife, formatMs, formatTable, SHOWN_ROWS } from './table';

it.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1_000, '1.0 s'],
  [61_250, '61.3 s'],
])('shows %d milliseconds as %s', (ms, expected) => expect(formatMs(ms)).toBe(expected));

it.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1.0 KiB'],
  [1_536 * 1_024, '1.5 MiB'],
  [3 * 1_024 ** 5, '3072.0 TiB'],
])('shows %d bytes as %s', (bytes, expected) => expect(formatBytes(bytes)).toBe(expected));

it('groups the digits of counts, also beyond 2^53', () => {
  expect(formatCount(2_000_000)).toBe('2,000,000');
  expect(formatCount(9_223_372_036_854_775_807n)).toBe('9,223,372,036,854,775,807');
});

it('aligns columns and uses no colour', () => {
  const lines = formatTable(['name', 'rows'], [['a', '1'], ['long', '1,000']], ['left', 'right']).split('\n'); // prettier-ignore
  expect(lines).toEqual([
    '┌──────┬───────┐',
    '│ name │  rows │',
    '├──────┼───────┤',
    '│ a    │     1 │',
    '│ long │ 1,000 │',
    '└──────┴───────┘',
  ]);
});

it.each([
  [null, 'no end'],
  [3_659_634 * 86_400_000, 'no end'],
  [-5, '0 ms'],
  [3_591_900, '3591.9 s'],
])('shows %p milliseconds of a life as %s', (ms, expected) => expect(formatLife(ms)).toBe(expected));

it('shows as many rows as a person reads, in no time, and says how many more there are', () => {
  const rowsOf = (count: number): string[][] => Array.from({ length: count }, (_, i) => [`row ${i + 1}`]);
  expect(formatFirstRows(['name'], rowsOf(SHOWN_ROWS), ['left'])).toBe(
    formatTable(['name'], rowsOf(SHOWN_ROWS), ['left']),
  );
  const lines = formatFirstRows(['name'], rowsOf(100_000), ['left']).split('\n');
  expect(lines.filter((line) => line.includes('row '))).toHaveLength(SHOWN_ROWS);
  expect(lines.at(-1)).toBe('… and 99,000 more rows; --json gives all.');
});
