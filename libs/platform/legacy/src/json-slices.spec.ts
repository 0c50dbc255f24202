import { jsonMembers, jsonString, JsonSliceError } from './json-slices';

const texts = (json: string): [string, string][] => jsonMembers(json).map(({ name, text }) => [name, text]);

it('cuts members as they stand, numbers and NaN included', () => {
  expect(texts('{"a": 12345678901234567890, "b": [NaN, {"x": 1.50}] , "\\u0063": "q\\"}", "d":-Infinity}')).toEqual([
    ['a', '12345678901234567890'],
    ['b', '[NaN, {"x": 1.50}]'],
    ['c', '"q\\"}"'],
    ['d', '-Infinity'],
  ]);
});

it('takes an empty object, blanks around it, and a name that comes twice', () => {
  expect(texts(' {\n} ')).toEqual([]);
  expect(texts('{"a":1,"a":2}')).toEqual([['a', '1'], ['a', '2']]); // prettier-ignore
});

it('is not taken in by a backslash before a quote', () => {
  expect(texts('{"a":"\\\\","b":"\\\\\\""}')).toEqual([['a', '"\\\\"'], ['b', '"\\\\\\""']]); // prettier-ignore
});

it.each(['', '{', '{"a', '{"a"', '{"a":', '{"a": "x', '{"a": [1, {"b": 2', '{"a": 1', '{"a": 1,', '{"a": "x\\'])(
  'says that %j ends too early',
  (text) => expect(() => jsonMembers(text)).toThrow(new JsonSliceError('ends before its JSON does')),
);

it.each(['[]', '42', '{"a" 1}', '{"a": 1} x', '{"a": 1 "b": 2}', '{a: 1}', '{"a": }', '{"a\u0001": 1}', '{1: 2}'])(
  'refuses %j and tells the place',
  (text) => expect(() => jsonMembers(text)).toThrow(/, at character \d+$/),
);

it('cuts every prefix of an object without an end only as an error', () => {
  const whole = '{"symbol": "TCS", "result": {"x": [1, "\\u00e9]"]}, "n": null}';
  for (let length = 0; length < whole.length; length++)
    expect(() => jsonMembers(whole.slice(0, length))).toThrow(JsonSliceError);
  expect(jsonMembers(whole)).toHaveLength(3);
});

it('takes strings of megabytes', () => {
  const long = JSON.stringify('x"'.repeat(2_000_000));
  expect(texts(`{"a": ${long}}`)[0]?.[1]).toBe(long);
});

it.each([
  ['"a\\n"', 'a\n'],
  ['"\\ud83d"', '\ud83d'],
  ['1', null],
  ['"a', null],
])('reads %s', (slice, text) => expect(jsonString(slice)).toBe(text));
