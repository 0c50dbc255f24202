import { cacheKey } from './cache-key';
import { KeyMemo } from './key-memo';

const memo = () => {
  const made: string[][] = [];
  const keys = new KeyMemo((parts) => {
    made.push([...parts]);
    return cacheKey('x', ...parts);
  });
  return { keys, made };
};

it('gives the same key as the first time, made once', () => {
  const { keys, made } = memo();
  expect([keys.of('a:b'), keys.of('a:b')]).toEqual(['x:a:b', 'x:a:b']);
  expect([keys.of(['a:b', 'c']), keys.of(['a:b', 'c'])]).toEqual(['x:a%3Ab:c', 'x:a%3Ab:c']);
  expect(made).toEqual([['a:b'], ['a:b', 'c']]);
});

it('keeps one part apart from two, and makes longer keys each time', () => {
  const { keys } = memo();
  expect([keys.of('a'), keys.of(['a', 'b']), keys.of(['a', 'b', 'c'])]).toEqual(['x:a', 'x:a:b', 'x:a:b:c']);
});

it('remembers nothing that cannot be a key', () => {
  const { keys } = memo();
  for (let twice = 0; twice < 2; twice++) expect(() => keys.of(['a', ''])).toThrow('empty');
});

it('starts anew when it is full, and goes on giving the right keys', () => {
  const { keys, made } = memo();
  for (let i = 0; i <= 50_000; i++) keys.of(String(i));
  expect(keys.of('0')).toBe('x:0');
  expect(made.length).toBeGreaterThan(50_001);
});

it('remembers no key of a length that no cache has, so that keys without end take no memory', () => {
  const { keys, made } = memo();
  const long = 'x'.repeat(401);
  for (let twice = 0; twice < 2; twice++) expect([keys.of(long), keys.of(['a', long])]).toHaveLength(2);
  expect(made).toEqual([[long], ['a', long], [long], ['a', long]]);
});

it('starts anew when its keys have as many characters as it may keep', () => {
  const { keys, made } = memo();
  const keyOf = (i: number) => String(i).padStart(400, 'x');
  for (let i = 0; i < 10_000; i++) keys.of(keyOf(i));
  keys.of(keyOf(0));
  expect(made).toHaveLength(10_000);
  keys.of(keyOf(10_000));
  keys.of(keyOf(0));
  expect(made).toHaveLength(10_002);
});
