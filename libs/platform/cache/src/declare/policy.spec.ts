import { assertPolicy, POLICY_DEFAULTS } from './policy';

it.each(['staleWhileRevalidate', 'tier1'])('refuses a %s that is neither true nor false', (option) => {
  for (const value of ['false', 0, null, undefined])
    expect(() => assertPolicy('quotes', { ...POLICY_DEFAULTS, [option]: value as never })).toThrow(
      expect.objectContaining({ code: 'CACHE_OPTION_INVALID', message: expect.stringContaining(`quotes.${option} `) }),
    );
  for (const value of [true, false])
    expect(() => assertPolicy('quotes', { ...POLICY_DEFAULTS, [option]: value })).not.toThrow();
});

it('says the limit of a duration in whole milliseconds', () => {
  expect(() => assertPolicy('quotes', { ...POLICY_DEFAULTS, leaseMs: 1 })).toThrow(' 100 to 134217727 whole ');
});
