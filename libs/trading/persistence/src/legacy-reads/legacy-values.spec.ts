import { jsonText, rowsOf, text, utc, whereOf } from './legacy-values';

describe('values of the legacy files', () => {
  it.each([
    ['2026-01-09 10:00:00', '2026-01-09T10:00:00'],
    ['2026-01-09T10:00:00.120000', '2026-01-09T10:00:00.120000'],
    ['2026-01-09T10:00:00.000000Z', '2026-01-09T10:00:00'],
    ['2026-01-09T10:00:00.5', '2026-01-09T10:00:00.500000'],
    ['2026-01-09T10:00:00.123456+05:30', '2026-01-09T04:30:00.123456'],
    ['soon', 'soon'],
  ])('reads the time %s as %s', (written, read) => {
    expect(utc(written)).toBe(read);
  });

  it.each([
    ['{"a": NaN, "b": [-Infinity, Infinity]}', '{"a": null, "b": [null, null]}'],
    ['{"NaN": "Infinity \\" NaN"}', '{"NaN": "Infinity \\" NaN"}'],
    ['{broken', null],
  ])('reads the JSON %s', (written, read) => {
    expect(jsonText(written)).toBe(read);
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
