import { unstorableParts } from './plain-json';

it('finds nothing in what every row can hold', () => {
  expect(unstorableParts({ a: [1, -0, 'é😀', null, true, { b: '\\u0000' }] })).toEqual([]);
});

it.each([
  ['NUL', { a: { b: ['x', 'a\0b'] } }, '/a/b/1'],
  ['half a character', { a: '\ud83d' }, '/a'],
  ['an infinity', { 'a/b': Infinity }, '/a~1b'],
  ['NaN', { a: NaN }, '/a'],
  ['a whole number that reading rounded', { a: 9_007_199_254_740_992 }, '/a'],
])('names where %s is', (_what, value, pointer) => {
  expect(unstorableParts(value)).toMatchObject([{ pointer }]);
});

it('finds a name that cannot be stored', () => expect(unstorableParts({ 'a\0': 1 })).toHaveLength(1));

it.each(['constructor', 'toString', '__proto__'])('refuses the name %s, which objects have by themselves', (name) => {
  expect(unstorableParts({ a: JSON.parse(`{"${name}": 1}`) })).toMatchObject([{ pointer: '/a' }]);
});

it('survives a nesting that would end the stack', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(unstorableParts(deep)).toHaveLength(1);
});

it('names ten at most', () => expect(unstorableParts(Array(50).fill('\0'))).toHaveLength(10));
