import { plainOf } from './plain-value';

it('says in JSON what JSON has no type for', () => {
  const value = { big: 5n, map: new Map([['a', 1n]]), set: new Set([NaN]), day: new Date(0), none: null };
  expect(plainOf(value)).toEqual({
    ...{ big: '5n', map: [['a', '1n']], set: ['NaN'], day: '1970-01-01T00:00:00.000Z', none: null },
  });
});
