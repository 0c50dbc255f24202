import { parseIndianTime } from '../legacy-time';
import type { Candle, CandleRequest } from './candle-source';

/** Where the legacy frames had their time. */
const TIME_COLUMNS = ['time', 'date', 'datetime', 'timestamp'];

/**
 * The candles among rows of OHLC JSON, `{time, open, high, low, close}`, that a request asks for: by time, of several with
 * one time the last. Names of columns are in any case. A time is seconds since 1970 or ISO 8601, without an offset India's
 * wall clock. A row without a time or with a price that is no finite number is no candle.
 */
export function candlesOf(rows: readonly unknown[], { from, to }: CandleRequest): Candle[] {
  const byTime = new Map<number, Candle>();
  for (const row of rows) {
    const candle = candleOf(row);
    if (candle !== null && candle.time >= from && candle.time <= to) byTime.set(candle.time, candle);
  }
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

function candleOf(row: unknown): Candle | null {
  if (typeof row !== 'object' || row === null) return null;
  const columns = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value as unknown]));
  const time = TIME_COLUMNS.map((name) => secondsOf(columns.get(name))).find((value) => value !== null) ?? null;
  const [open, high, low, close] = ['open', 'high', 'low', 'close'].map((name) => columns.get(name));
  if (time === null || !isPrice(open) || !isPrice(high) || !isPrice(low) || !isPrice(close)) return null;
  return { time, open, high, low, close };
}

const isPrice = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function secondsOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.floor(value) : null;
  if (typeof value !== 'string') return null;
  const ms = parseIndianTime(value);
  return ms === null ? null : Math.floor(ms / 1000);
}
