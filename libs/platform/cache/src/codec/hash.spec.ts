import fc from 'fast-check';
import { hash } from './hash';
import { field } from './hash-field';

interface Score {
  readonly symbol: string;
  readonly score: number;
  readonly live: boolean;
  readonly detail: { readonly parts: readonly number[] };
  readonly sector: string | null;
  readonly rank?: number | undefined;
}

const scores = hash<Score>({
  fields: {
    symbol: field.text,
    score: field.number,
    live: field.boolean,
    detail: field.json(),
    sector: field.nullable(field.text),
    rank: field.optional(field.number),
  },
});
const score: Score = { symbol: 'M&M.NS', score: 0.1, live: false, detail: { parts: [1] }, sector: null };
const invalid = expect.objectContaining({ code: 'CACHE_VALUE_INVALID' });
const corrupt = expect.objectContaining({ code: 'CACHE_PAYLOAD_CORRUPT' });

it('is a field per member', () => {
  expect(Object.fromEntries(scores.encode({ ...score, rank: 3 }))).toEqual({
    symbol: 'M&M.NS', score: '0.1', live: 'false', detail: '{"parts":[1]}', rank: '3',
  }); // prettier-ignore
});

it('leaves out what is null or absent, and reads it back so', () => {
  expect(scores.decode(scores.encode(score))).toStrictEqual(score);
  expect(scores.decode(scores.encode({ ...score, sector: '', rank: 0 }))).toStrictEqual({
    ...score,
    sector: '',
    rank: 0,
  });
});

it('keeps every bit of a number', () => {
  const store = hash<{ n: number }>({ fields: { n: field.number } });
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
      expect(Object.is(store.decode(store.encode({ n })).n, n)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

it('passes over the fields of other programs', () => {
  expect(scores.decode(new Map([...scores.encode(score), ['note', 'theirs']]))).toStrictEqual(score);
});

it.each<[string, object]>([
  ['a member without a field', { ...score, note: 'x' }],
  ['a missing member', { ...score, symbol: undefined }],
  ['NaN', { ...score, score: NaN }],
  ['infinity', { ...score, score: Infinity }],
  ['text for a number', { ...score, score: '1' }],
  ['a number for true or false', { ...score, live: 1 }],
  ['half a character', { ...score, symbol: '\ud800' }],
  ['a nested Date', { ...score, detail: new Date(0) }],
])('refuses %s', (_name, value) => {
  expect(() => scores.encode(value as Score)).toThrow(invalid);
});

it.each<[string, string]>([
  ['score', ''],
  ['score', ' 1'],
  ['score', '0x10'],
  ['score', 'Infinity'],
  ['score', '1e999'],
  ['live', 'yes'],
  ['live', 'True'],
  ['detail', '{'],
])('calls a hash with %s %j corrupt', (name, text) => {
  expect(() => scores.decode(new Map([...scores.encode(score), [name, text]]))).toThrow(corrupt);
});

it('calls a hash without a declared field corrupt, and an empty one', () => {
  const texts = new Map(scores.encode(score));
  texts.delete('symbol');
  expect(() => scores.decode(texts)).toThrow(corrupt);
  expect(() => hash({ fields: { a: field.optional(field.text) } }).decode(new Map())).toThrow(corrupt);
});

it('refuses a hash without fields, which Redis does not have, and one over its limit', () => {
  const store = hash<{ a?: string | undefined }>({ fields: { a: field.optional(field.text) }, maxBytes: 5 });
  expect(() => store.encode({})).toThrow(invalid);
  expect(store.encode({ a: 'éé' }).get('a')).toBe('éé');
  expect(() => store.encode({ a: 'ééé' })).toThrow(expect.objectContaining({ code: 'CACHE_VALUE_TOO_LARGE' }));
});

it('keeps a member that is named like the prototype as data', () => {
  const name = '__proto__';
  const fields = Object.fromEntries([[name, field.json<object>()]]);
  const store = hash<Record<string, object>>({ fields });
  const value = Object.fromEntries([[name, { admin: true }]]);
  const back = store.decode(store.encode(value));
  expect(Object.getOwnPropertyNames(back)).toEqual([name]);
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
});
