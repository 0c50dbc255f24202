import { sizeFault, unstorableParts } from './plain-json';

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

it.each([
  [
    'an object of many members',
    Object.fromEntries(Array.from({ length: 2_001 }, (_v, i) => [i, i])),
    'at most 2000 members',
  ],
  ['a long list', { a: Array(100_000).fill(1) }, 'at most 100000 values'],
  ['many short lists', Array.from({ length: 40_000 }, () => [1, 2]), 'at most 100000 values'],
])('says why %s would take long to check', (_what, value, fault) => expect(sizeFault(value)).toContain(fault));

it.each([
  ['nothing', undefined],
  ['null', null],
  ['as many members', Object.fromEntries(Array.from({ length: 2_000 }, (_v, i) => [i, undefined]))],
  ['as many values', { a: [null, ...Array<number>(99_997).fill(1)] }],
  ['a deep nesting', JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)],
])('has nothing against %s', (_what, value) => expect(sizeFault(value)).toBeNull());
