import { Injectable } from '@nestjs/common';
import type { Answer } from '@sluice/cache';
import { ohlcSpan, TradingCaches, type OhlcCandles, type OhlcKey, type OhlcRow } from '@sluice/trading-caching';
import { parseIndianTime } from '../legacy-time';
import { RequestInvalidError } from '../http/request.pipe';
import { type Candle, CandleSource } from './candle-source';

const DAY = /^\d{4}-\d\d-\d\d$/;
const LAST_SECOND_OF_DAY = 86_399;

/**
 * Candles from the cache, and from the configured source where the cache has none. That there are none is kept for a moment
 * as well. Of a source that is asked for by its name only the cache can tell: nobody else knows who gave a candle.
 */
@Injectable()
export class CandlesService {
  constructor(
    private readonly caches: TradingCaches,
    private readonly source: CandleSource,
  ) {}

  /** Reads what memory holds fresh, without waiting; null for a source that is asked for by its name, and for times that are none. */
  held(key: OhlcKey): (() => Answer<OhlcCandles | null> | undefined) | null {
    const { from, to } = spanOf(key);
    const isAsked = from !== null && to !== null && from <= to && key.source === undefined;
    return isAsked ? this.caches.ohlc.heldReader({ ...key, ...ohlcSpan(key) }) : null;
  }

  /** Times are India's wall clock. Throws `API_REQUEST_INVALID` for times that are none, and `CANDLES_UNAVAILABLE`. */
  async read(asked: OhlcKey): Promise<Answer<OhlcCandles | null>> {
    secondsIn(asked);
    const { ohlc } = this.caches;
    const key = { ...asked, ...ohlcSpan(asked) };
    if (key.source !== undefined) return heldOf(await ohlc.getAnswers([key]));
    return ohlc.getOrLoadAnswer(key, async () => {
      const { symbol, interval } = key;
      const { from, to } = secondsIn(key);
      const found = await this.source.candles({ symbol, interval, from, to });
      return found.length === 0 ? null : { source: 'candles', rows: found.map(rowOf) };
    });
  }
}

function heldOf([answer]: readonly Answer<OhlcCandles | null | undefined>[]): Answer<OhlcCandles | null> {
  if (!answer) throw new TypeError('A cache answered fewer keys than it was asked for.');
  return { ...answer, value: answer.value ?? null };
}

/** The first and the last second. Throws `API_REQUEST_INVALID`. */
function secondsIn(key: OhlcKey): { readonly from: number; readonly to: number } {
  const { from, to } = spanOf(key);
  if (from === null) throw noTime('/from');
  if (to === null) throw noTime('/to');
  if (from > to) throw invalid('/to', 'to must not be before from');
  return { from, to };
}

/** The first and the last second; null for what is no time. */
const spanOf = ({ from, to }: OhlcKey) => ({ from: secondsOf(from, 0), to: secondsOf(to, LAST_SECOND_OF_DAY) });

/** A day alone as its first second, and that much behind it. */
function secondsOf(time: string, behindDay: number): number | null {
  const ms = parseIndianTime(time);
  return ms === null ? null : ms / 1_000 + (DAY.test(time) ? behindDay : 0);
}

const noTime = (pointer: string): RequestInvalidError =>
  invalid(pointer, `${pointer.slice(1)} must be a day or a time of India like 2026-01-09T09:15`);

const invalid = (pointer: string, detail: string): RequestInvalidError =>
  new RequestInvalidError([{ pointer, detail }]);

const rowOf = ({ time, ...prices }: Candle): OhlcRow => ({
  time: new Date(time * 1_000).toISOString().replace('.000Z', 'Z'),
  ...prices,
});
