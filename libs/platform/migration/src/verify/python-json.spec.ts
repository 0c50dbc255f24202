import { parsePythonJson, writtenMembers } from './python-json';

it.each([
  ['{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN \\" -Infinity"}', { a: NaN, b: [Infinity, -Infinity], c: 'NaN " -Infinity' }],
  ['{"a": 1, "a": 2}', { a: 2 }],
  ['NaN', NaN],
  ['"\\\\"', '\\'],
  [' 1.50 ', 1.5],
])('reads %s', (text, value) => expect(parsePythonJson(text)).toEqual(value)); // prettier-ignore

it.each(['', '{', '{"a": nan}', '"a', '{"a": "x\\"}', '[1,]', '{NaN: 1}'])('refuses %j', (text) =>
  expect(() => parsePythonJson(text)).toThrow(SyntaxError),
);

it('counts members as they are written, by depth', () => {
  const text = '{"a": {"b:": 1, "b:": [{"c": ":"}]}, "a": {}, "d": "{:"}';
  expect([1, 2, 3, 4].map((depth) => writtenMembers(text, depth))).toEqual([3, 2, 0, 1]);
});
