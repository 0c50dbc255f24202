import { freshByKey, freshFor } from '../freshness';
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

describe('refreshAheadMs', () => {
  const ahead = (refreshAheadMs: number, jitter = 0) => ({ ...POLICY_DEFAULTS, refreshAheadMs, jitter });

  it('is less than the life of every entry, the jitter taken off', () => {
    const fresh = freshFor(60_000);
    expect(() => assertPolicy('quotes', ahead(59_999), fresh)).not.toThrow();
    expect(() => assertPolicy('quotes', ahead(60_000), fresh)).toThrow(
      'quotes.refreshAheadMs must be 0 to 59999 whole milliseconds, not 60000.',
    );
    expect(() => assertPolicy('quotes', ahead(53_999, 0.1), fresh)).not.toThrow();
    expect(() => assertPolicy('quotes', ahead(54_000, 0.1), fresh)).toThrow('0 to 53999 whole milliseconds');
    expect(() => assertPolicy('quotes', ahead(0, 1), freshFor(1))).not.toThrow();
  });

  it('is bounded as any duration where the lives are known entry by entry', () => {
    expect(() =>
      assertPolicy(
        'quotes',
        ahead(60_000),
        freshByKey(() => 1, 'by key'),
      ),
    ).not.toThrow();
  });
});
