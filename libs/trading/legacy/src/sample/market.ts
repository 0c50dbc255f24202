import type { Random } from './random';

export const symbols = [
  'RELIANCE',
  'TCS',
  'HDFCBANK',
  'INFY',
  'ICICIBANK',
  'SBIN',
  'BHARTIARTL',
  'ITC',
  'LT',
  'AXISBANK',
  'KOTAKBANK',
  'M&M',
  'BAJAJ-AUTO',
  'MARUTI',
  'TITAN',
  'SUNPHARMA',
  'HINDUNILVR',
  'NTPC',
  'POWERGRID',
  'ULTRACEMCO',
  'WIPRO',
  'HCLTECH',
  'TATASTEEL',
  'JSWSTEEL',
  'ONGC',
  'COALINDIA',
  'ADANIENT',
  'CIPLA',
  'DRREDDY',
  'INDUSINDBK',
] as const;

export const universes = [
  { name: 'nifty50', size: 50 },
  { name: 'banknifty', size: 12 },
] as const;

export const modes = ['Scalping', 'Intraday', 'Swing', 'Options', 'Futures'] as const;
export type Mode = (typeof modes)[number];

export const triggers = ['preopen', 'hourly', 'scalping_cycle', 'manual', 'warmup', 'backfill'] as const;

/** The agents that score a pick, in the order of the payload. */
export const agents = [
  'pattern_recognition',
  'market_regime',
  'sentiment',
  'options',
  'technical_analysis',
  'global',
  'policy_macro',
] as const;

export const patterns = [
  {
    type: 'Three White Soldiers',
    direction: 'BULLISH',
    about: 'Strong bullish reversal - three consecutive green candles',
  },
  { type: 'Three Black Crows', direction: 'BEARISH', about: 'Strong bearish reversal - three consecutive red candles' },
  { type: 'Accumulation Zone', direction: 'BULLISH', about: 'Smart money accumulating - bullish' },
  { type: 'Distribution Zone', direction: 'BEARISH', about: 'Smart money distributing - bearish' },
  { type: 'Bullish AB=CD', direction: 'BULLISH', about: 'Equal legs pattern - continuation likely' },
  { type: 'Hammer', direction: 'BULLISH', about: 'Long lower shadow "rejects" the low' },
  { type: 'Shooting Star', direction: 'BEARISH', about: 'Long upper shadow\u2014sellers above \u20b9 resistance' },
] as const;

export const exitReasons = ['TARGET_HIT', 'STOP_LOSS', 'TIME_EXIT', 'TRAILING_STOP', 'EOD_AUTO_EXIT'] as const;

/** A price that belongs to the symbol: the same symbol trades in the same region all over the tree. */
export function priceOf(symbol: string, random: Random): number {
  let base = 0;
  for (let i = 0; i < symbol.length; i++) base = (base * 31 + symbol.charCodeAt(i)) % 4000;
  return Number(((base + 120) * (0.96 + random.next() * 0.08)).toFixed(2));
}
