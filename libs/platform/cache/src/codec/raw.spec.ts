import { raw } from './raw';
import { decodePayload, payloadBytes } from './store';

const refused = (code: string) => expect.objectContaining({ code });

it('keeps text as it is', () => {
  for (const text of ['', '{"a":1}', 'é😀\0\n']) expect(raw().decode(raw().encode(text))).toBe(text);
});

it('refuses what is no Unicode text, or over the limit', () => {
  expect(() => raw().encode(5 as unknown as string)).toThrow(refused('CACHE_VALUE_INVALID'));
  expect(() => raw().encode('\ud800')).toThrow(refused('CACHE_VALUE_INVALID'));
  expect(() => raw({ maxBytes: 3 }).encode('éé')).toThrow(refused('CACHE_VALUE_TOO_LARGE'));
  expect(() => raw({ maxBytes: 3 }).decode('four')).toThrow(refused('CACHE_PAYLOAD_CORRUPT'));
});

it.each([[Buffer.from('a')], [new Map([['a', 'b']])], [[{ member: 'a', score: 1 }]]])(
  'calls a payload of another kind corrupt',
  (payload) => {
    expect(() => decodePayload(raw(), payload)).toThrow(refused('CACHE_PAYLOAD_CORRUPT'));
  },
);

it('counts the bytes of each kind of payload', () => {
  expect(payloadBytes('é')).toBe(2);
  expect(payloadBytes(Buffer.alloc(5))).toBe(5);
  expect(payloadBytes(new Map([['é', 'ab'], ['c', '']]))).toBe(5); // prettier-ignore
  expect(payloadBytes([{ member: 'é', score: 1 }])).toBe(10);
});
