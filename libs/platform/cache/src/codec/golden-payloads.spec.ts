import { isDeepStrictEqual } from 'node:util';
import { compressed } from './compressed';
import { faithful } from './faithful';
import { hash } from './hash';
import { field } from './hash-field';
import { json } from './json';
import { raw } from './raw';
import { sortedSet } from './sorted-set';

/**
 * Payloads as releases wrote them. A new format adds lines here; a line that is there is never changed, because the entry
 * may still be in somebody's Redis, and two releases run side by side during every roll-out.
 */
const days = Array.from({ length: 12 }, (_, id) => ({ id, note: 'levels of the day' }));

describe('version 1', () => {
  it('json', () => {
    const text = '{"symbol":"M&M.NS","p":0.1,"tags":["é😀",null,true,"\\u0000"],"nested":{"$date":1}}';
    const value = { symbol: 'M&M.NS', p: 0.1, tags: ['é😀', null, true, '\0'], nested: { $date: 1 } };
    expect(json().decode(text)).toEqual(value);
    expect(json().encode(value)).toBe(text);
  });

  it('faithful', () => {
    const text = [
      '{"id":{"$bigint":"9007199254740993"},"at":{"$date":"2026-11-21T06:00:00.123Z"},',
      '"left":{"$undefined":true},"odd":[{"$number":"NaN"},{"$number":"Infinity"},{"$number":"-Infinity"},{"$number":"-0"}],',
      '"map":{"$map":[["k",{"$set":[1,[{"$bigint":"2"}]]}]]},"buffer":{"$buffer":"w6kA"},"bytes":{"$uint8array":"/wA="},',
      '"likeATag":{"$$date":"no date"},"likeAnEscape":{"$$$x":1},"half":"\\ud800"}',
    ].join('');
    const value = {
      id: 9007199254740993n,
      at: new Date('2026-11-21T06:00:00.123Z'),
      left: undefined,
      odd: [NaN, Infinity, -Infinity, -0],
      map: new Map([['k', new Set([1, [2n]])]]),
      buffer: Buffer.from('é\0'),
      bytes: new Uint8Array([255, 0]),
      likeATag: { $date: 'no date' },
      likeAnEscape: { $$x: 1 },
      half: '\ud800',
    };
    expect(isDeepStrictEqual(faithful().decode(text), value)).toBe(true);
    expect(faithful().encode(value)).toBe(text);
  });

  it('raw', () => {
    expect(raw().decode('{"as":"it is"}')).toBe('{"as":"it is"}');
  });

  it.each([
    ['plain', Buffer.from(JSON.stringify(days)).toString('base64')],
    ['gzip', '/wEBAAAAAbO/Rp84H4sIAAAAAAAEA4uuVspMUbIy0FHKyy9JVbJSykktS80pVshPUyjJSFVISaxUqtWBqDEkQo0REWqMiVBjQoQaUyLUmBGhxpwINRZEqLEkQo0hUQGNN6RjATifRr+zAQAA'],
    ['brotli', '/wECAAAAAbO/Rp84G7IBAMTPG5/6yxcc/0vVBNsJCkUxQ7g4AHqWGe88SGMOJnIUaNQO8r8+TIUYwtpnQLCS+X+xtF988pTVqlOvQaMmzVruHHtPGg=='],
  ])('compressed: %s', (_name, base64) => {
    expect(compressed(json()).decode(Buffer.from(base64, 'base64'))).toEqual(days);
  }); // prettier-ignore

  it('hash', () => {
    const store = hash({
      fields: {
        symbol: field.text,
        score: field.number,
        live: field.boolean,
        detail: field.json<object>(),
        sector: field.nullable(field.text),
      },
    });
    const texts = { symbol: 'M&M.NS', score: '-0', live: 'true', detail: '{"parts":[1.5e-7]}' };
    expect(store.decode(new Map(Object.entries(texts)))).toStrictEqual({
      symbol: 'M&M.NS',
      score: -0,
      live: true,
      detail: { parts: [1.5e-7] },
      sector: null,
    });
  });

  it('sorted set', () => {
    const members = [
      { member: 'a', score: -Infinity },
      { member: 'b', score: 0.1 },
    ];
    expect(sortedSet().decode(members)).toEqual(members);
  });
});
