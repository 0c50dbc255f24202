import {
  compare,
  decimal,
  exact,
  explainedBy,
  float,
  ignored,
  instant,
  json,
  jsonText,
  listOf,
  record,
  type Shape,
} from './comparison';

const isEqual = (shape: Shape, a: unknown, b: unknown): boolean => compare(shape, a, b).length === 0;

describe('compare', () => {
  it.each<[string, Shape, unknown, unknown, boolean]>([
    ['texts that are the same', exact, 'a', 'a', true],
    ['texts in another case', exact, 'a', 'A', false],
    ['a number and its text', exact, 1, '1', false],
    ['null and a member that is not there', exact, null, undefined, true],
    ['null and zero', exact, null, 0, false],
    ['doubles that were added in another order', float, 0.1 + 0.2, 0.3, true],
    ['doubles that differ in the ninth digit', float, 1, 1.000000001, false],
    ['infinities', float, Infinity, Infinity, true],
    ['one instant in two forms', instant, '2026-01-09 10:00:00', '2026-01-09T10:00:00.000000Z', true],
    ['one instant in two zones', instant, '2026-01-09T15:30:00+05:30', '2026-01-09T10:00:00Z', true],
    ['a microsecond', instant, '2026-01-09T10:00:00.000001', '2026-01-09T10:00:00Z', false],
    ['texts that are no time', instant, 'soon', 'later', false],
    ['money with zeros', decimal, '0.0330000', '.033', true],
    ['nothing in two forms', decimal, '-0', '0.00', true],
    ['money that is a hundred-millionth off', decimal, '1.00000001', '1', false],
    ['a small double and its decimal', decimal, '1e-07', '0.00000010', true],
    ['a small double and nothing', decimal, '1e-07', '0', false],
    ['texts that are no decimal', decimal, 'NaN', 'a lot', false],
    ['a text that is no decimal and nothing', decimal, '', '0', false],
    ['a text that is no decimal twice', decimal, 'NaN', 'NaN', true],
    ['JSON in another order and form', jsonText, '{"a":75.0,"b":[1]}', '{"b":[1],"a":75}', true],
    [
      'JSON with integers of which doubles know one alone',
      jsonText,
      '{"a":9007199254740993}',
      '{"a":9007199254740992}',
      false,
    ],
    ['JSON with a fraction of more digits than a double has', jsonText, '[0.1]', '[0.10000000000000000001]', false],
    ['JSON with a number beyond all doubles', jsonText, '[1e400]', '[1e401]', false],
    ['JSON numbers in other forms', jsonText, '[1e3,-0.0,1.5E-2,-120]', '[1000.00, 0, 0.0150, -1.2e+2]', true],
    ['a JSON number with another sign', jsonText, '[-1]', '[1]', false],
    ['a JSON number and its text', jsonText, '["1", "n1e0"]', '[1, 1]', false],
    ['JSON texts that hold digits and quotes', jsonText, '{"a\\"1.0":"1.0\\\\"}', '{"a\\"1.0": "1\\\\"}', false],
    ['a JSON text with escapes in another form', jsonText, '["\\u0041\\"7"]', '["A\\"7"]', true],
    ['JSON with another list', jsonText, '[1,2]', '[2,1]', false],
    ['a list and an object', json, [], {}, false],
    ['texts that are no JSON', json, 'a', 'a', true],
    ['a member that one has as null', jsonText, '{"a":null}', '{}', false],
    ['what is left out', ignored('a test'), 1, 2, true],
  ])('of %s', (_, shape, a, b, expected) => {
    expect([isEqual(shape, a, b), isEqual(shape, b, a)]).toEqual([expected, expected]);
  });

  const rows = listOf(record({ id: exact, price: float }));

  it('names the path once, however many rows differ there', () => {
    const legacy = [1, 2, 3].map((id) => ({ id, price: 1 }));
    const target = legacy.map((row) => ({ ...row, price: row.price + row.id }));
    expect(compare(rows, legacy, target)).toEqual([{ path: '[].price', rule: null }]);
  });

  it('sees a row that is missing, and a member that nobody declared', () => {
    expect(compare(rows, [{ id: 1, price: 1 }], [])).toEqual([{ path: '[].length', rule: null }]);
    expect(compare(rows, [{ id: 1, price: 1, extra: 1 }], [{ id: 1, price: 1 }])).toEqual([
      { path: '[].extra', rule: null },
    ]);
    expect(compare(rows, null, [])).toEqual([{ path: '', rule: null }]);
  });

  it('explains what a rule applies to, and nothing beside it', () => {
    const rule = { name: 'twice', applies: (a: unknown, b: unknown) => Number(a) === 2 * Number(b) };
    const shape = listOf(record({ price: explainedBy(float, rule) }));
    const of = (...prices: number[]) => prices.map((price) => ({ price }));
    expect(compare(shape, of(1, 4), of(1, 2))).toEqual([{ path: '[].price', rule: 'twice' }]);
    expect(compare(shape, of(4, 5), of(2, 2))).toEqual([{ path: '[].price', rule: null }]);
    expect(compare(shape, of(5, 4), of(2, 2))).toEqual([{ path: '[].price', rule: null }]);
    expect(compare(shape, of(1), of(1))).toEqual([]);
  });

  it('explains what follows in the target by the rule of the list, and nothing in between', () => {
    const old = {
      name: 'kept',
      applies: (_: unknown, further: unknown) => (further as number[]).every((at) => at < 10),
    };
    const shape = listOf(exact, old);
    expect(compare(shape, [20, 11], [20, 11, 9, 8])).toEqual([{ path: '[].length', rule: 'kept' }]);
    expect(compare(shape, [20], [20, 11, 9])).toEqual([{ path: '[].length', rule: null }]);
    expect(compare(shape, [20, 9], [20])).toEqual([{ path: '[].length', rule: null }]);
    expect(compare(shape, [20], [11, 9])).toContainEqual({ path: '[]', rule: null });
  });
});
