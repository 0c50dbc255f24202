import { days, freshByKey, hours } from '@sluice/cache';

/** How long candles are kept, by the interval as it was asked for; any other one lives as long as minutes do. */
export const OHLC_LIVES_MS: ReadonlyMap<string, number> = new Map([
  ...['1m', '3m', '5m', 'minute'].map((interval) => [interval, hours(1)] as const),
  ['15m', hours(2)],
  ['30m', hours(4)],
  ...['1h', '60minute'].map((interval) => [interval, hours(8)] as const),
  ...['1d', 'day'].map((interval) => [interval, days(1)] as const),
]);

/** In milliseconds. Names are exact: `5minute` and `1D` are other intervals, as in the legacy cache. */
export const ohlcLifeMs = (interval: string): number => OHLC_LIVES_MS.get(interval) ?? hours(1);

export const ohlcFreshness = freshByKey(
  ({ interval }: { readonly interval: string }) => ohlcLifeMs(interval),
  '1 h to 1 d, by interval',
);
