import fc from 'fast-check';
import { cacheKey, globOf, keyParts, MAX_CACHE_KEY_BYTES } from './cache-key';

const refused = expect.objectContaining({ code: 'CACHE_KEY_INVALID' });

it('leaves ordinary parts as they are', () => {
  expect(cacheKey('sr', 'M&M.NS', 'W')).toBe('sr:M&M.NS:W');
  expect(cacheKey('context:memory', 'session', 'user 42/é😀')).toBe('context:memory:session:user 42/é😀');
});

it('encodes separators in all parts but the last', () => {
  expect(cacheKey('x', 'a:b%c', 'd:e%f g')).toBe('x:a%3Ab%25c:d:e%f g');
});

it('encodes control, pattern and slot characters everywhere', () => {
  expect(cacheKey('x', 'a*b\n', '?[c]\\{d}\0\x7f\x85')).toBe('x:a%2Ab%0A:%3F%5Bc%5D%5C%7Bd%7D%00%7F%C2%85');
});

it('encodes a percent sign of the last part that would read as encoded', () => {
  expect(cacheKey('x', '%2a %2 %')).toBe('x:%252a %2 %');
});

it.each([['v2', 'x'], ['v2:x'], ['v2'], ['v2:']])(
  'keeps a first part that reads as a version apart from one: %s %s',
  (...parts) => {
    const key = cacheKey('sr', ...parts);
    expect(key).toMatch(/^sr:%762/);
    expect(keyParts('sr', key, parts.length)).toEqual(parts);
    expect(keyParts('sr:v2', key, 1)).toBeNull();
  },
);

it('leaves a part as it is that only begins like a version, and a later one', () => {
  expect(cacheKey('sr', 'v2x', 'v2')).toBe('sr:v2x:v2');
});

it('makes a key without parts of the prefix alone', () => {
  expect(cacheKey('scores:cache_timestamp')).toBe('scores:cache_timestamp');
  expect(keyParts('scores:cache_timestamp', 'scores:cache_timestamp', 0)).toEqual([]);
  expect(keyParts('scores:cache_timestamp', 'scores:cache_timestamp:x', 0)).toBeNull();
});

it.each([
  ['empty', ''],
  ['half a character', 'a\ud800'],
  ['longer than any key', 'a'.repeat(MAX_CACHE_KEY_BYTES + 1)],
  ['no text', 5 as unknown as string],
  ['missing', undefined as unknown as string],
])('refuses a part that is %s', (_name, part) => {
  expect(() => cacheKey('x', part, 'key')).toThrow(refused);
  expect(() => cacheKey('x', 'type', part)).toThrow(refused);
});

it('says the limit of a key, and nothing of the key', () => {
  expect(() => cacheKey('x', 'é'.repeat(40_000))).toThrow('A cache key has 80002 bytes; 65536 are the limit.');
});

it('takes a key of exactly the limit', () => {
  expect(cacheKey('x', 'a'.repeat(MAX_CACHE_KEY_BYTES - 2))).toHaveLength(MAX_CACHE_KEY_BYTES);
  expect(() => cacheKey('x', 'a'.repeat(MAX_CACHE_KEY_BYTES - 1))).toThrow(refused);
});

it.each(['a', '\0', '\x85', '*', '{', 'é', '漢', '%25'])('keeps 10,000 times %j exactly', (character) => {
  const part = character.repeat(10_000 / character.length);
  expect(keyParts('x', cacheKey('x', part), 1)).toEqual([part]);
  expect(keyParts('x', cacheKey('x', part, 'last'), 2)).toEqual([part, 'last']);
});

const part = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.string({
    minLength: 1,
    maxLength: 6,
    unit: fc.constantFrom('%', ':', '*', '2', 'A', 'a', 'v', '5', '\0', 'é', '😀'),
  }),
);

it('gives every part back', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      expect(keyParts('a:b', cacheKey('a:b', ...parts), parts.length)).toEqual(parts);
    }),
    { numRuns: 1_000 },
  );
});

it('makes text that is safe as a line, a pattern and a slot', () => {
  fc.assert(fc.property(part, part, (one, two) => !/[\p{Cc}*?[\]\\{}]/u.test(cacheKey('x', one, two))));
});

it.each([
  ['of another namespace', 'y:a:b'],
  ['of a longer name', 'xy:a:b'],
  ['with too few parts', 'x:a'],
  ['with an empty part', 'x::b'],
  ['with an empty last part', 'x:a:'],
  ['with a pattern in it', 'x:a*:b'],
  ['encoded where nothing needs it', 'x:%41:b'],
  ['encoded in lower case', 'x:%2a:b'],
  ['encoded to what is no UTF-8', 'x:%FF:b'],
  ['encoded to half a character', 'x:%ED%A0%80:b'],
  ['with half a character', 'x:\ud800:b'],
  ['over the limit', `x:a:${'b'.repeat(MAX_CACHE_KEY_BYTES)}`],
  ['over the limit in bytes', `x:a:${'é'.repeat(MAX_CACHE_KEY_BYTES - 10)}`],
])('knows a key %s for a foreign one', (_name, key) => {
  expect(keyParts('x', key, 2)).toBeNull();
});

it('never makes one key of different parts', () => {
  // Random pairs rarely collide: all short ones together must not either.
  const alphabet = ['', '%', ':', '*', '2', 'A', '5'];
  const short = alphabet.flatMap((a) =>
    alphabet.flatMap((b) => alphabet.flatMap((c) => alphabet.map((d) => a + b + c + d))),
  );
  const distinct = [...new Set(short)].filter((text) => text !== '');
  expect(new Set(distinct.map((text) => cacheKey('x', text))).size).toBe(distinct.length);
  expect(new Set(distinct.map((text) => cacheKey('x', text, 'last'))).size).toBe(distinct.length);
});

it('escapes the characters of patterns in the pattern of a namespace', () => {
  expect(globOf('context:memory')).toBe('context:memory:*');
  expect(globOf('a*b?[c]\\d')).toBe('a\\*b\\?\\[c\\]\\\\d:*');
});
