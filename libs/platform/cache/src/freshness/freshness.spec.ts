import fc from 'fast-check';
import { days, hours, inWords, seconds } from './durations';
import { freshByKey, freshByValue, freshFor, jittered } from './freshness';

const stored = { key: 'k', value: null, nowMs: 0 };
const optionInvalid = expect.objectContaining({ code: 'CACHE_OPTION_INVALID' });

it('gives every value the same life', () => {
  const fresh = freshFor(seconds(300));
  expect(fresh.freshForMs(stored)).toBe(300_000);
  expect(fresh.says).toBe('300 s');
});

it.each([0, -1, 1.5, NaN])('refuses a fixed life of %d ms where it is declared', (ms) => {
  expect(() => freshFor(ms)).toThrow(optionInvalid);
});

it('gives a life by the key', () => {
  const fresh = freshByKey((interval: string) => (interval === '1d' ? days(1) : hours(1)), 'by interval');
  expect(fresh.freshForMs({ ...stored, key: '1d' })).toBe(86_400_000);
  expect(fresh.freshForMs({ ...stored, key: '5m' })).toBe(3_600_000);
  expect(fresh.says).toBe('by interval');
});

it('refuses a life by the key that is none, and says which rule gave it', () => {
  const fresh = freshByKey(() => 0, 'by interval');
  expect(() => fresh.freshForMs(stored)).toThrow(/^The life "by interval" must be 1 to/);
});

describe('a life by the value', () => {
  const untilExpiry = freshByValue(
    (value: { expiresAtMs: number }, _key: string, nowMs) => value.expiresAtMs - nowMs,
    'until it expires',
  );
  const lifeOf = (expiresAtMs: number) => untilExpiry.freshForMs({ key: 'k', value: { expiresAtMs }, nowMs: 1_000 });

  it('is what the rule makes of value and time', () => expect(lifeOf(61_000)).toBe(60_000));
  it.each([1_000, 999, -5_000])('is 1 ms for a value that ended at %d when it is 1000', (endMs) => {
    expect(lifeOf(endMs)).toBe(1);
  });
  it.each([NaN, Infinity, 1_000.5])('is refused when it would end at %d', (endMs) => {
    expect(() => lifeOf(endMs)).toThrow(optionInvalid);
  });
});

describe('jitter', () => {
  const ms = fc.integer({ min: 1, max: days(400) });
  const unit = fc.double({ min: 0, max: 1, noNaN: true });

  it('shortens by at most the part, never lengthens, and leaves whole milliseconds', () => {
    fc.assert(
      fc.property(ms, unit, unit, (life, part, random) => {
        const given = jittered(life, part, () => random);
        expect(Number.isInteger(given)).toBe(true);
        expect(given).toBeLessThanOrEqual(life);
        expect(given).toBeGreaterThanOrEqual(Math.max(1, life - life * part));
      }),
    );
  });

  it('spreads over the whole part', () => {
    expect([0, 0.5, 1].map((random) => jittered(1_000, 0.1, () => random))).toEqual([1_000, 950, 900]);
  });

  it('leaves the least life alone', () => {
    expect(jittered(1, 1, () => 1)).toBe(1);
  });

  it('refuses a part beyond the whole and a random number that is none', () => {
    expect(() => jittered(1_000, 1.1, () => 0)).toThrow(optionInvalid);
    expect(() => jittered(1_000, 0.1, () => NaN)).toThrow(optionInvalid);
  });
});

it.each([
  [days(400), '400 d'],
  [hours(6), '6 h'],
  [hours(36), '36 h'],
  [seconds(300), '300 s'],
  [1_500, '1500 ms'],
  [days(36_499), '36499 d'],
  [days(3_659_634), 'no end'],
])('says %d ms as %s', (ms, words) => expect(inWords(ms)).toBe(words));
