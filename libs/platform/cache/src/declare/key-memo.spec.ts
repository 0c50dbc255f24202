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
