import { createHash } from 'node:crypto';

export interface HistoricalRequest {
  readonly symbol: string;
  /** Microseconds of the wall clock, without a zone, as the legacy code holds them. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly interval: string;
  /** `yahoo`, `zerodha`, or what every reader asks for: `auto`. */
  readonly source: string;
}

/**
 * The name of a cached OHLC answer: symbol, interval and 12 hex digits of an MD5 over the whole request. Days only for
 * daily intervals, else minutes. The hash is one-way: without `metadata.json` a file cannot be attributed.
 */
export function historicalKey({ symbol, fromUs, toUs, interval, source }: HistoricalRequest): string {
  const daily = interval === '1d' || interval === 'day';
  const stamp = (us: number): string => {
    const text = new Date(us / 1000).toISOString();
    return daily ? text.slice(0, 10) : `${text.slice(0, 10)}_${text.slice(11, 16)}`;
  };
  const request = `${symbol}_${stamp(fromUs)}_${stamp(toUs)}_${interval}_${source}`;
  return `${symbol}_${interval}_${createHash('md5').update(request, 'utf8').digest('hex').slice(0, 12)}`;
}
