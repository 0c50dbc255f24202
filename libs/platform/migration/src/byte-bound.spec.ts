import { batchWithin, bytesOf } from './byte-bound';

const rows = [
  [1n, 40n],
  [2n, 60n],
  [3n, 500n],
  [4n, 1n],
];

it('takes rows up to the bytes, and one row whatever it has', () => {
  expect(batchWithin(100, rows)).toEqual({ last: 2n, rows: 2, bytes: 100 });
  expect(batchWithin(99, rows)).toEqual({ last: 1n, rows: 1, bytes: 40 });
  expect(batchWithin(100, rows.slice(2))).toEqual({ last: 3n, rows: 1, bytes: 500 });
  expect(batchWithin(1000, rows)).toEqual({ last: 4n, rows: 4, bytes: 601 });
  expect(batchWithin(100, [])).toBeNull();
});

it('counts every column, and NULL as nothing', () => {
  expect(bytesOf(['a', 'b c'])).toBe('coalesce(octet_length("a"), 0) + coalesce(octet_length("b c"), 0)');
  expect(bytesOf([])).toBe('0');
});
