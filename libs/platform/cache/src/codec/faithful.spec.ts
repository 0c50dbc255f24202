import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { faithful } from './faithful';
import { json } from './json';
import { MAX_DEPTH } from './value-fault';

const invalid = (message: string) => expect.objectContaining({ code: 'CACHE_VALUE_INVALID', message });
const store = faithful();

const special = fc.oneof(
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc.double(),
  fc.constantFrom(NaN, -0, Infinity, -Infinity, undefined, null, true),
  fc.string({ unit: 'binary' }),
  fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('$date', '$$date', '$bigint', '$map', '$', '$$', '$undefined', '__proto__', 'constructor', 'toJSON'),
);
const { any: anything } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    special,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(name, tie('any'), { maxKeys: 4, noNullPrototype: true }),
    fc.dictionary(name, tie('any'), { minKeys: 1, maxKeys: 1, noNullPrototype: true }),
    fc.array(fc.tuple(tie('any'), tie('any')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie('any'), { maxLength: 3 }).map((items) => new Set(items)),
  ),
}));

it('gives every kept kind of value back as it was, at any depth', () => {
  fc.assert(
    fc.property(anything, (value) => {
      // Jest's own equality asks objects for their `constructor`, which is data here.
      expect(isDeepStrictEqual(store.decode(store.encode(value)), value)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

it('writes plain values as JSON does', () => {
  const plain = { id: 1, name: 'é😀', price: 0.1, tags: ['$date', null, true], nested: { $a: 1, b: 2 } };
  expect(store.encode(plain)).toBe(json().encode(plain));
});

it('writes tags that people can read', () => {
  expect(store.encode({ at: new Date(0), id: 12n, left: undefined })).toBe(
    '{"at":{"$date":"1970-01-01T00:00:00.000Z"},"id":{"$bigint":"12"},"left":{"$undefined":true}}',
  );
});

it('keeps a date that is none', () => {
  expect(store.encode({ at: new Date(NaN) })).toBe('{"at":{"$date":null}}');
  expect(String(store.decode('{"$date":null}'))).toBe('Invalid Date');
});

it('never takes a value of the caller for a tag', () => {
  for (const value of [{ $date: null }, { $$date: null }, { $bigint: '1' }, { $new: 1 }, { $: { $map: [] } }])
    expect(store.decode(store.encode(value))).toStrictEqual(value);
});

it('keeps names of the prototype as data', () => {
  const value: unknown = JSON.parse('{"__proto__":{"admin":1},"constructor":{"$x":1},"at":0}');
  (value as { at: unknown }).at = 1n;
  const back = store.decode(store.encode(value)) as object;
  expect(Object.keys(back)).toEqual(['__proto__', 'constructor', 'at']);
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  expect(({} as { admin?: number }).admin).toBeUndefined();
});

it('revives a tag below the name of the prototype as data', () => {
  const back = store.decode('{"__proto__":{"$map":[]},"a":1}') as object;
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  expect(Object.getOwnPropertyDescriptor(back, '__proto__')?.value).toEqual(new Map());
});

class Level {
  readonly price = 1;
}
class Book extends Map {}

it.each<[string, unknown]>([
  ['a[0] of a cache value is a function.', { a: [() => 1] }],
  ['a of a cache value is a symbol.', { a: Symbol('s') }],
  ['a of a cache value is an instance of Level.', { a: new Level() }],
  ['a of a cache value is an instance of Book.', { a: new Book() }],
  ['[0][1] of a cache value is an instance of Error.', new Map([['k', new Error('secret')]])],
  ['a of a cache value has a member named by a symbol.', { a: { [Symbol('s')]: 1 } }],
  ['[0] of a cache value is a hole.', new Array(1)],
])('refuses with %j', (message, value) => {
  expect(() => store.encode(value)).toThrow(invalid(message));
});

it('tells a cycle, through a Map too', () => {
  const map = new Map<string, unknown>();
  map.set('self', [map]);
  expect(() => store.encode({ map })).toThrow(invalid('map[0][1][0] of a cache value holds itself.'));
});

it('keeps values of the greatest depth', () => {
  let sets: unknown = 1;
  for (let i = 0; i < MAX_DEPTH; i++) sets = new Set([sets]);
  expect(store.encode(store.decode(store.encode(sets)))).toBe(store.encode(sets));
  expect(() => store.encode([sets])).toThrow(/nested deeper/);
});

it('refuses a value over its limit', () => {
  const large = expect.objectContaining({ code: 'CACHE_VALUE_TOO_LARGE' });
  expect(() => faithful({ maxBytes: 20 }).encode(Buffer.alloc(15))).toThrow(large);
  expect(() => faithful({ maxBytes: 20 }).encode(new Date(0))).toThrow(large);
  expect(() => faithful({ maxBytes: 20 }).encode('é'.repeat(10))).toThrow(large);
  let value: unknown = 1;
  for (let i = 0; i < 200; i++) value = [value, value];
  expect(() => faithful({ maxBytes: 10_000 }).encode(value)).toThrow(large);
});

it.each([
  '{"a":{"$new":1}}',
  '{"$bigint":"1.5"}',
  '{"$bigint":1}',
  '{"$date":"yesterday"}',
  '{"$date":"2026-02-30T00:00:00.000Z"}',
  '{"$map":[[1]]}',
  '{"$set":{}}',
  '{"$buffer":"%%"}',
  '{"$number":"7"}',
  '{"$undefined":false}',
  `{"a":"$","b":${'['.repeat(50_000)}${']'.repeat(50_000)},"$":1}`,
  '{"$date"',
])('calls case %# corrupt', (text) => {
  expect(() => store.decode(text)).toThrow(expect.objectContaining({ code: 'CACHE_PAYLOAD_CORRUPT' }));
});

it('checks what it read and what it is to write, where a check is declared', () => {
  const dates = faithful({ check: (value): value is Date => value instanceof Date });
  expect(dates.decode(dates.encode(new Date(5)))).toEqual(new Date(5));
  expect(() => dates.decode('5')).toThrow(expect.objectContaining({ code: 'CACHE_PAYLOAD_CORRUPT' }));
  expect(() => dates.encode(5 as never)).toThrow(expect.objectContaining({ code: 'CACHE_VALUE_INVALID' }));
});
