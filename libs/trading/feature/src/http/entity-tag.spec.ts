import { assertMatches, entityTagOf, isNamed, OutdatedError, type Preconditions } from './entity-tag';

it.each<[string, Preconditions, string | null]>([
  ['no condition', {}, '7'],
  ['no condition and nothing there', {}, null],
  ['the tag', { ifMatch: '"7"' }, '7'],
  ['one of several tags', { ifMatch: '"6", "7"' }, '7'],
  ['anything that is there', { ifMatch: '*' }, '7'],
  ['nothing there, where nothing may be', { ifNoneMatch: '*' }, null],
  ['nothing there, where another is known', { ifNoneMatch: '"7"' }, null],
  ['another tag than the one that is known', { ifNoneMatch: '"6"' }, '7'],
])('lets pass: %s', (_case, conditions, current) => {
  expect(() => assertMatches(conditions, current)).not.toThrow();
});

it.each<[string, Preconditions, string | null]>([
  ['another tag', { ifMatch: '"6"' }, '7'],
  ['a weak tag, which does not compare', { ifMatch: 'W/"7"' }, '7'],
  ['a tag without quotes', { ifMatch: '7' }, '7'],
  ['a tag of nothing', { ifMatch: '"7"' }, null],
  ['anything, where nothing is', { ifMatch: '*' }, null],
  ['no tag at all', { ifMatch: '' }, '7'],
  ['what is there, where nothing may be', { ifNoneMatch: '*' }, '7'],
  ['the tag that is known', { ifNoneMatch: '"6", "7"' }, '7'],
  ['the tag that is known, also as a weak one', { ifNoneMatch: 'W/"7"' }, '7'],
  ['one of two conditions', { ifMatch: '"7"', ifNoneMatch: '"7"' }, '7'],
])('refuses: %s', (_case, conditions, current) => {
  expect(() => assertMatches(conditions, current)).toThrow(OutdatedError);
});

it('quotes a version', () => expect(entityTagOf('741')).toBe('"741"'));

it('finds a tag among those that a reader has', () => {
  expect(['"7"', '"6", W/"7"', '*'].map((list) => isNamed(list, '"7"'))).toEqual([true, true, true]);
  expect(['"6"', '7', ''].map((list) => isNamed(list, '"7"'))).toEqual([false, false, false]);
});
