import fc from 'fast-check';
import { cacheKey } from './cache-key';
import { contextMemoryKey } from './context-memory.key';
import { supportResistanceKey } from './support-resistance.entry';

it('leaves ordinary parts as they are', () => {
  expect(contextMemoryKey('session', 'user 42/é😀')).toBe('context:memory:session:user 42/é😀');
  expect(supportResistanceKey('M&M.NS', 'W')).toBe('sr:M&M.NS:W');
});

it('encodes separators in all parts but the last', () => {
  expect(contextMemoryKey('a:b%c', 'd:e%f g')).toBe('context:memory:a%3Ab%25c:d:e%f g');
});

it('encodes control and pattern characters everywhere', () => {
  expect(cacheKey('x', 'a*b\n', '?[c]\\{d}\0\x7f\x85')).toBe('x:a%2Ab%0A:%3F%5Bc%5D%5C%7Bd%7D%00%7F%C2%85');
});

it('encodes a percent sign of the last part that would read as encoded', () => {
  expect(cacheKey('x', '%2a %2 %')).toBe('x:%252a %2 %');
});

it.each([
  ['empty', ''],
  ['too long', 'é'.repeat(257)],
  ['half a character', 'a\ud800'],
])('refuses a part that is %s', (_name, part) => {
  const refusal = expect.objectContaining({ code: 'TRADING_CACHE_KEY_INVALID' });
  expect(() => contextMemoryKey('type', part)).toThrow(refusal);
  expect(() => contextMemoryKey(part, 'key')).toThrow(refusal);
});

it('takes a part of 512 bytes', () => {
  expect(contextMemoryKey('t', 'é'.repeat(256))).toHaveLength('context:memory:t:'.length + 256);
});

it('never makes one key of different parts', () => {
  const part = fc.array(fc.constantFrom('%', ':', '*', '2', 'A', 'a', '5', '\0'), { minLength: 1, maxLength: 5 });
  const parts = fc.tuple(part, part).map(([one, two]) => [one.join(''), two.join('')] as const);
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const same = one[0] === other[0] && one[1] === other[1];
      return (contextMemoryKey(...one) === contextMemoryKey(...other)) === same;
    }),
    { numRuns: 3_000 },
  );
  // Random pairs rarely collide: all short ones together must not either.
  const alphabet = ['', '%', ':', '*', '2', 'A', '5'];
  const short = alphabet.flatMap((a) =>
    alphabet.flatMap((b) => alphabet.flatMap((c) => alphabet.map((d) => a + b + c + d))),
  );
  const distinct = [...new Set(short)].filter((text) => text !== '');
  expect(new Set(distinct.map((text) => cacheKey('x', text))).size).toBe(distinct.length);
  expect(new Set(distinct.map((text) => cacheKey('x', text, 'last'))).size).toBe(distinct.length);
});
