import { jsonText, rowsOf, text, utc, utcZ, whereOf } from './legacy-values';

describe('values of the legacy files', () => {
  it.each([
    ['2026-01-09 10:00:00', '2026-01-09T10:00:00'],
    ['2026-01-09T10:00:00.120000', '2026-01-09T10:00:00.120000'],
    ['2026-01-09T10:00:00.000000Z', '2026-01-09T10:00:00'],
    ['2026-01-09T10:00:00.5', '2026-01-09T10:00:00.500000'],
    ['2026-01-09T10:00:00.123456+05:30', '2026-01-09T04:30:00.123456'],
    ['soon', 'soon'],
    ['2026-13-45 10:00:00', '2026-13-45 10:00:00'],
    ['0000-00-00T00:00:00Z', '0000-00-00T00:00:00Z'],
  ])('reads the time %s as %s', (written, read) => {
    expect(utc(written)).toBe(read);
    expect(utcZ(written)).toBe(read === written && !read.startsWith('2026-01-09T') ? read : `${read}Z`);
  });

  it.each([
    ['{"a": NaN, "b": [-Infinity, Infinity]}', '{"a": null, "b": [null, null]}'],
    ['{"NaN": "Infinity \\" NaN"}', '{"NaN": "Infinity \\" NaN"}'],
    ['{broken', null],
    ['{"cut": "NaN \\" NaN', null],
    ['{"ends with a backslash": NaN, "\\', null],
  ])('reads the JSON %s', (written, read) => {
    expect(jsonText(written)).toBe(read);
  });

  it.each(['{"a": "', '{"n": NaN, "a": "'])('reads JSON with a text of millions of characters, %s...', (head) => {
    const written = `${head}${'x'.repeat(12_000_000)}"}`;
    expect(jsonText(written)?.length).toBe(written.replace('NaN', 'null').length);
  });

  it('puts columns under their names, and conditions with their parameters', () => {
    expect(rowsOf({ a: text, b: Number }, [['x', 2n]])).toEqual([{ a: 'x', b: 2 }]);
    expect(whereOf([['a = ?', 1n], false, ['b = ?', 'c']])).toEqual({
      sql: 'WHERE a = ? AND b = ?',
      params: [1n, 'c'],
    });
    expect(whereOf([false])).toEqual({ sql: '', params: [] });
  });
});
