import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { json } from './json';
import { jsonTextOf } from './kept-text';
import { MAX_DEPTH } from './value-fault';

const invalid = (message: string) => expect.objectContaining({ code: 'CACHE_VALUE_INVALID', message });
const corrupt = expect.objectContaining({ code: 'CACHE_PAYLOAD_CORRUPT' });
const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

class Level {
  constructor(readonly price: number) {}
}

it('gives back whatever JSON can hold', () => {
  const store = json();
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      fc.pre(!JSON.stringify(value).includes('\\ud') && !hasMinusZero(value));
      expect(store.decode(store.encode(value))).toEqual(value);
    }),
    { numRuns: 300 },
  );
});

it('keeps null, 0, false and empty text as values', () => {
  const store = json();
  for (const value of [null, 0, false, '', [], {}]) expect(store.decode(store.encode(value))).toEqual(value);
});

it('takes objects without prototype, and plain ones of another realm', () => {
  const bare = Object.assign(Object.create(null) as object, { a: 1 });
  expect(json().encode(bare)).toBe('{"a":1}');
  expect(json().encode(runInNewContext('({ a: [1] })'))).toBe('{"a":[1]}');
});

const odd: [string, unknown][] = [
  ['is undefined', undefined],
  ['is a function', () => 1],
  ['is a symbol', Symbol('s')],
  ['is a bigint', 1n],
  ['is NaN', NaN],
  ['is Infinity', Infinity],
  ['is -Infinity', -Infinity],
  ['is -0', -0],
  ['is an instance of Date', new Date(0)],
  ['is an instance of Map', new Map()],
  ['is an instance of Set', new Set()],
  ['is an instance of Buffer', Buffer.from('x')],
  ['is an instance of Uint8Array', new Uint8Array(1)],
  ['is an instance of Level', new Level(1)],
  ['is an instance of String', new String('x')],
  ['is an instance of Error', new Error('x')],
  ['is an instance of Promise', Promise.resolve()],
  ['is an instance of List', new (class List extends Array {})()],
  ['is a function', Object.assign(() => 1, { toJSON: () => 'x' })],
  ['has a member named by a symbol', { [Symbol('s')]: 1 }],
];

it.each(odd)('refuses what %s, wherever it stands', (what, value) => {
  const store = json();
  expect(() => store.encode(value)).toThrow(invalid(`The whole of a cache value ${what}.`));
  expect(() => store.encode([0, value])).toThrow(invalid(`[1] of a cache value ${what}.`));
  expect(() => store.encode({ rows: [{ 'odd name': value }] })).toThrow(
    invalid(`rows[0]["odd name"] of a cache value ${what}.`),
  );
});

it('refuses an object that would write itself as something else', () => {
  expect(() => json().encode({ toJSON: () => 'x' })).toThrow(invalid('toJSON of a cache value is a function.'));
});

it('refuses holes', () => {
  expect(() => json().encode(new Array(2))).toThrow(invalid('[0] of a cache value is undefined.'));
});

it('refuses half a character in texts and in names', () => {
  const half = 'holds half of a surrogate pair';
  expect(() => json().encode({ a: ['x\ud800'] })).toThrow(invalid(`a[0] of a cache value ${half}.`));
  expect(() => json().encode({ a: { '\udfff': 1 } })).toThrow(
    invalid('a of a cache value has a name with half of a surrogate pair.'),
  );
  expect(json().encode('C:\\udp \\ud800 😀')).toBe('"C:\\\\udp \\\\ud800 😀"');
});

it('tells a cycle from depth', () => {
  const ring: { next: { back?: unknown }[] } = { next: [{}] };
  ring.next[0]!.back = ring.next;
  expect(() => json().encode({ ring })).toThrow(invalid('ring.next[0].back of a cache value holds itself.'));
  expect(() => json().encode(nested(MAX_DEPTH + 1))).toThrow(
    /^(\[0\]){66}.*… of a cache value is nested deeper than 1000/,
  );
  expect(json().encode(nested(MAX_DEPTH))).toHaveLength(2 * MAX_DEPTH);
});

it('refuses a value over its limit, counted in bytes', () => {
  const large = expect.objectContaining({ code: 'CACHE_VALUE_TOO_LARGE', maxBytes: 10 });
  const store = json({ maxBytes: 10 });
  expect(store.encode('éééé')).toBe('"éééé"');
  expect(() => store.encode('ééééé')).toThrow(large);
  expect(() => store.encode('a'.repeat(9))).toThrow(large);
  expect(() => json({ maxBytes: 10, trusted: true }).encode('ééééé')).toThrow(large);
});

it('gives up early on parts that multiply', () => {
  let value: unknown = 1;
  for (let i = 0; i < 200; i++) value = [value, value];
  expect(() => json({ maxBytes: 10_000 }).encode(value)).toThrow(
    expect.objectContaining({ code: 'CACHE_VALUE_TOO_LARGE' }),
  );
});

it('says nothing of the values that it refuses', () => {
  const secret = { token: 'hunter2', at: new Date(0) };
  expect(() => json().encode(secret)).toThrow(invalid('at of a cache value is an instance of Date.'));
});

it('keeps names of the prototype as data', () => {
  const text = '{"__proto__":{"admin":true},"constructor":{"prototype":1}}';
  const value = json().decode(text);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
  expect(json().encode(value)).toBe(text);
});

it.each(['', '{', 'undefined', 'NaN', '{"a":1}x', '\0', "{'a':1}"])(
  'calls %j corrupt, and does not repeat it',
  (text) => {
    const error = thrown(() => json().decode(text));
    expect(error).toEqual(corrupt);
    expect(error).toMatchObject({ message: 'A cache entry is corrupt: it is no JSON.' });
    expect((error as Error).cause).toBeUndefined();
  },
);

it('looks at trusted values only where JSON itself fails', () => {
  const store = json({ trusted: true });
  expect(store.encode({ a: 1, b: undefined })).toBe('{"a":1}');
  expect(() => store.encode(undefined)).toThrow(invalid('The whole of a cache value is undefined.'));
  expect(() => store.encode({ a: [1n] })).toThrow(invalid('a[0] of a cache value is a bigint.'));
  const ring: Record<string, unknown> = {};
  ring.self = ring;
  expect(() => store.encode(ring)).toThrow(invalid('self of a cache value holds itself.'));
});

it('refuses also of trusted values the numbers that JSON would write as null, and keeps what is null', () => {
  const store = json({ trusted: true });
  expect(() => store.encode(NaN)).toThrow(invalid('The whole of a cache value is NaN.'));
  expect(() => store.encode({ bid: null, rows: [1, { 'odd name': -Infinity }] })).toThrow(
    invalid('rows[1]["odd name"] of a cache value is -Infinity.'),
  );
  expect(store.encode({ bid: null, ask: undefined, at: new Date(0), of: ['null'] })).toBe(
    '{"bid":null,"at":"1970-01-01T00:00:00.000Z","of":["null"]}',
  );
});

it.each([0, -1, 1.5, NaN, Infinity, 2 ** 30, '5' as unknown as number])('refuses a limit of %p', (maxBytes) => {
  expect(() => json({ maxBytes })).toThrow(expect.objectContaining({ code: 'CACHE_OPTION_INVALID' }));
});

function hasMinusZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasMinusZero);
  return Object.is(value, -0);
}

function thrown(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

it('refuses to write what it would call corrupt when it reads it', () => {
  const numbers = json({ check: (value): value is number => typeof value === 'number' });
  expect(numbers.decode(numbers.encode(5))).toBe(5);
  expect(() => numbers.decode('"5"')).toThrow(expect.objectContaining({ code: 'CACHE_PAYLOAD_CORRUPT' }));
  expect(() => numbers.encode('5' as never)).toThrow(expect.objectContaining({ code: 'CACHE_VALUE_INVALID' }));
});

describe('the text of a value', () => {
  const store = json<unknown>({ keepsText: true });

  it('is the one that it was read from, to the byte', () => {
    const text = '{ "price": 75.0, "symbol": "T\\u0043S" }';
    expect(jsonTextOf(store.decode(text))).toBe(text);
  });

  it('is the one that it was written as', () => {
    const value = { symbol: 'TCS' };
    const text = store.encode(value);
    expect(jsonTextOf(value)).toBe(text);
  });

  it('is written where no store kept it', () => {
    expect(jsonTextOf(json().decode('{ "price": 75.0 }'))).toBe('{"price":75}');
    for (const value of [null, 7, 'text']) expect(jsonTextOf(value)).toBe(JSON.stringify(value));
  });
});
