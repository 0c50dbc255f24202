import { assertMatches, entityTagOf, OutdatedError } from './entity-tag';

it.each([
  ['no condition', undefined, '7'],
  ['no condition and nothing there', undefined, null],
  ['the tag', '"7"', '7'],
  ['one of several tags', '"6", "7"', '7'],
  ['anything that is there', '*', '7'],
])('lets pass: %s', (_case, ifMatch, current) => {
  expect(() => assertMatches(ifMatch, current)).not.toThrow();
});

it.each([
  ['another tag', '"6"', '7'],
  ['a weak tag, which does not compare', 'W/"7"', '7'],
  ['a tag without quotes', '7', '7'],
  ['a tag of nothing', '"7"', null],
  ['anything, where nothing is', '*', null],
])('refuses: %s', (_case, ifMatch, current) => {
  expect(() => assertMatches(ifMatch, current)).toThrow(OutdatedError);
});

it('quotes a version', () => expect(entityTagOf('741')).toBe('"741"'));
