import fc from 'fast-check';
import { scoreOf, scoreText, sortedSet } from './sorted-set';

const invalid = expect.objectContaining({ code: 'CACHE_VALUE_INVALID' });
const corrupt = expect.objectContaining({ code: 'CACHE_PAYLOAD_CORRUPT' });

it('orders members as Redis does, and leaves the list of the caller alone', () => {
  const members = [
    { member: 'b', score: 1 },
    { member: '😀', score: 1 },
    { member: '\uffff', score: 1 },
    { member: 'z', score: -Infinity },
    { member: 'a', score: Infinity },
  ];
  const before = structuredClone(members);
  expect(sortedSet().encode(members).map(({ member }) => member)).toEqual(['z', 'b', '\uffff', '😀', 'a']); // prettier-ignore
  expect(members).toEqual(before);
});

it('tells every bit of a score as text', () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), (score) => Object.is(scoreOf(scoreText(score)), score + 0)));
  expect([scoreText(Infinity), scoreText(-Infinity), scoreText(0.1)]).toEqual(['inf', '-inf', '0.1']);
});

it('makes 0 of -0, as Redis does', () => {
  expect(Object.is(sortedSet().encode([{ member: 'a', score: -0 }])[0]?.score, 0)).toBe(true);
});

it.each([
  ['none', []],
  ['one twice', [{ member: 'a', score: 1 }, { member: 'a', score: 2 }]],
  ['one without score', [{ member: 'a', score: NaN }]],
  ['one with text for a score', [{ member: 'a', score: '1' as unknown as number }]],
  ['one that is no text', [{ member: 1 as unknown as string, score: 1 }]],
  ['half a character', [{ member: '\ud800', score: 1 }]],
])('refuses members: %s', (_name, members) => {
  expect(() => sortedSet().encode(members)).toThrow(invalid);
}); // prettier-ignore

it('refuses a set over its limit', () => {
  expect(() => sortedSet({ maxBytes: 9 }).encode([{ member: 'é', score: 1 }])).toThrow(
    expect.objectContaining({ code: 'CACHE_VALUE_TOO_LARGE' }),
  );
});

it('calls an empty set and scores that are none corrupt', () => {
  expect(() => sortedSet().decode([])).toThrow(corrupt);
  expect(() => sortedSet().decode([{ member: 'a', score: NaN }])).toThrow(corrupt);
  for (const text of ['', ' ', 'nan', 'one']) expect(() => scoreOf(text)).toThrow(corrupt);
});
