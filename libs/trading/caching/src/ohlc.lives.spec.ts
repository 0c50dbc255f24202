import { ohlcFreshness, ohlcLifeMs } from './ohlc.lives';

it.each([
  [3_600, ['1m', '3m', '5m', 'minute']],
  [7_200, ['15m']],
  [14_400, ['30m']],
  [28_800, ['1h', '60minute']],
  [86_400, ['1d', 'day']],
  [3_600, ['10m', '5minute', '1D', '', '__proto__']],
])('%d s for %j', (seconds, intervals) => {
  for (const interval of intervals) {
    expect(ohlcLifeMs(interval)).toBe(seconds * 1_000);
    expect(ohlcFreshness.freshForMs({ key: { interval }, value: null, nowMs: 0 })).toBe(seconds * 1_000);
  }
});
