import { MAX_TTL_MS } from '../cache-store';
import { assertDurationMs, assertPart, MAX_TIMER_MS } from './cache-options';

const refused = (message: string) => expect.objectContaining({ code: 'CACHE_OPTION_INVALID', kind: 'usage', message });

it.each([1, 300_000, MAX_TIMER_MS + 1, MAX_TTL_MS])('takes a duration of %d ms', (value) => {
  expect(() => assertDurationMs('freshMs', value)).not.toThrow();
});

it.each([
  ['zero', 0, '0'],
  ['minus zero', -0, '-0'],
  ['less than zero', -1, '-1'],
  ['a fraction', 1.5, '1.5'],
  ['not a number', NaN, 'NaN'],
  ['without an end', Infinity, 'Infinity'],
  ['over 9999 years', MAX_TTL_MS + 1, String(MAX_TTL_MS + 1)],
  ['text', '300', '"300"'],
  ['long text', 'x'.repeat(1000), `"${'x'.repeat(40)}"`],
  ['a bigint', 300n, '300n'],
  ['null', null, 'null'],
  ['absent', undefined, 'undefined'],
  ['an object', { ms: 1 }, 'object'],
])('refuses a duration that is %s, and names option, value and limit', (_name, value, text) => {
  expect(() => assertDurationMs('freshMs', value)).toThrow(
    refused(`freshMs must be 1 to ${MAX_TTL_MS} whole milliseconds, not ${text}.`),
  );
});

it('keeps to limits of its own', () => {
  expect(() => assertDurationMs('graceMs', 0, { min: 0 })).not.toThrow();
  expect(() => assertDurationMs('leaseMs', MAX_TIMER_MS, { max: MAX_TIMER_MS })).not.toThrow();
  expect(() => assertDurationMs('leaseMs', MAX_TIMER_MS + 1, { min: 100, max: MAX_TIMER_MS })).toThrow(
    refused('leaseMs must be 100 to 2147483647 whole milliseconds, not 2147483648.'),
  );
});

it('takes parts from 0 to 1 only', () => {
  for (const part of [0, 0.1, 1]) expect(() => assertPart('jitter', part)).not.toThrow();
  for (const part of [-0.1, 1.0001, NaN, '0.1', null])
    expect(() => assertPart('jitter', part)).toThrow(expect.objectContaining({ code: 'CACHE_OPTION_INVALID' }));
});
