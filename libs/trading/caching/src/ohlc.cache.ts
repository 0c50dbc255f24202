import {
  cacheKey,
  CacheKeyError,
  cacheOf,
  CacheValueError,
  faithful,
  keyParts,
  SharedCounters,
  type CacheEngine,
  type RemoveResult,
  type Store,
} from '@sluice/cache';
import { OhlcStatistics } from './ohlc.statistics';
import { ohlcFreshness } from './ohlc.lives';

/** What candles were asked for. Reading and writing make the same key of it, so that what was written is found. */
export interface OhlcKey {
  /** In the case of the caller, as in the legacy cache. */
  readonly symbol: string;
  /** India's wall time, `2026-01-09` or `2026-01-09T09:15[:30]`; minutes count for intervals below a day only. */
  readonly from: string;
  readonly to: string;
  /** `5m`, `1d`; the exact name decides the life. */
  readonly interval: string;
  /** The source that was asked for; absent or `auto` for whichever there is, which is an entry of its own. */
  readonly source?: string;
}

/** One candle. The time stands in the row itself: legacy rows of one source lost theirs with the frame's index. */
export interface OhlcRow {
  /** ISO 8601. */
  readonly time: string;
  /** Open, high, low, close, volume and what else the source gives; NaN and the infinities come back as they were. */
  readonly [column: string]: unknown;
}

export interface OhlcCandles {
  /** Who gave them, such as `yahoo`; never `auto`. */
  readonly source: string;
  readonly rows: readonly OhlcRow[];
}

export interface OhlcFilter {
  readonly symbol?: string;
  readonly interval?: string;
  /** Only entries that were stored at least so long ago; 0 for any age. */
  readonly olderThanMs?: number;
}

/** What a key tells of its entry. */
export interface OhlcKeyParts {
  readonly symbol: string;
  /** India's wall time, `2026-01-09T09:15:00`. */
  readonly from: string;
  readonly to: string;
  readonly interval: string;
}

const KEY_PARTS = 4;
const DAILY: ReadonlySet<string> = new Set(['1d', 'day']);
const DAY_LENGTH = '2026-01-09'.length;
const MINUTE_LENGTH = '2026-01-09T09:15'.length;
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?)?$/;

/**
 * Candles per symbol, span and interval, for as long as the interval says. No grace: a chart that ends yesterday is not
 * served for one of today. Without jitter, so that the age of an entry can be told from what is left of its life.
 */
export class OhlcCache extends cacheOf<OhlcKey, OhlcCandles | null>({
  name: 'hist',
  version: 1,
  key: ohlcKeyParts, // hist:{symbol}:{from}:{to}:{interval}, and @{source} where one was asked for
  store: candlesStore(),
  fresh: ohlcFreshness,
  jitter: 0,
  tags: tagsOf,
  tagsOfId,
  about: 'Candles per symbol, span, interval and source; filled from the chart sources.',
}) {
  /** What there is, and what all processes did with it: `hist:meta`. */
  readonly statistics: OhlcStatistics;

  constructor(engine: CacheEngine) {
    super(engine);
    this.statistics = new OhlcStatistics(engine, this, new SharedCounters(engine, this.space, 'hist:meta'));
  }

  /** What a key says; null for a key of another origin. */
  partsOfId(id: string): OhlcKeyParts | null {
    return ohlcPartsOf(id);
  }

  /**
   * Removes what passes every filter that is given, everything where none is; answers how many entries there were.
   * Without an age, loads that run now are not kept either. With a filter it throws `Tier2Error` where the shared tier
   * cannot be asked; without an age the invalidation is queued all the same.
   */
  async invalidate({ symbol, interval, olderThanMs = 0 }: OhlcFilter = {}): Promise<number> {
    const chosen = { ...(symbol === undefined ? {} : { symbol }), ...(interval === undefined ? {} : { interval }) };
    const isFiltered = Object.keys(chosen).length > 0;
    if (olderThanMs <= 0 && !isFiltered) return (await this.clear()).removed ?? 0;
    if (olderThanMs <= 0) await this.invalidateTags([tagOf(chosen)]);
    let removed = 0;
    for await (const keys of this.pages()) {
      const ids = await this.chosenOf(keys, chosen, olderThanMs);
      removed += (await this.deleteIds(ids)).removed ?? 0;
    }
    this.statistics.forget();
    return removed;
  }

  override async clear(onPage?: (removed: number) => void): Promise<RemoveResult> {
    const result = await super.clear(onPage);
    this.statistics.forget();
    return result;
  }

  private async chosenOf(ids: readonly string[], chosen: OhlcFilter, olderThanMs: number): Promise<string[]> {
    const matching = ids.filter((id) => {
      const parts = this.partsOfId(id);
      return parts && isChosen(parts, chosen);
    });
    if (olderThanMs <= 0) return matching;
    const weighed = await this.statistics.weigh(matching);
    return matching.filter((id) => (weighed.get(id)?.ageMs ?? 0) >= olderThanMs);
  }
}

/** The whole key of an entry, as Redis has it. Throws `CacheKeyError` for what cannot be one. */
export const ohlcEntryKey = (key: OhlcKey): string => cacheKey('hist', ...ohlcKeyParts(key));

/** What whoever writes an entry past the cache has to tell of it. */
export const ohlcEntryTags = (key: OhlcKey) => ({ cache: 'hist', tags: tagsOf(key) });

/** What a key says; null for a key of another origin. */
function ohlcPartsOf(id: string): OhlcKeyParts | null {
  const [symbol, from, to, last] = keyParts('hist', id, KEY_PARTS) ?? [];
  if (symbol === undefined || from === undefined || to === undefined || last === undefined) return null;
  const interval = intervalOf(last);
  return interval === null ? null : { symbol, from: timeOf(from), to: timeOf(to), interval };
}

/** Throws `CacheKeyError` for a time that is none. */
function ohlcKeyParts({ symbol, from, to, interval, source = 'auto' }: OhlcKey): readonly string[] {
  const name = interval.replace(/[@%]/g, encodeURIComponent);
  return [symbol, stamp(from, interval), stamp(to, interval), source === 'auto' ? name : `${name}@${source}`];
}

/** `2026-01-09`, and for intervals below a day `2026-01-09_0915`. */
function stamp(time: string, interval: string): string {
  const [, date, hour = '00', minute = '00'] = TIME.exec(time) ?? [];
  if (date === undefined) throw new CacheKeyError('A time of candles is not like 2026-01-09 or 2026-01-09T09:15.');
  return DAILY.has(interval) ? date : `${date}_${hour}${minute}`;
}

/**
 * The span that the entry of a key is of. Spans that differ in what their key leaves out share an entry: whoever loads it
 * asks for this span, or those who come after get what the first one asked for. A day alone ends with its last minute.
 */
export function ohlcSpan({ from, to, interval }: OhlcKey): { readonly from: string; readonly to: string } {
  if (DAILY.has(interval)) return { from: from.slice(0, DAY_LENGTH), to: to.slice(0, DAY_LENGTH) };
  return {
    from: from.slice(0, MINUTE_LENGTH),
    to: to.length === DAY_LENGTH ? `${to}T23:59` : to.slice(0, MINUTE_LENGTH),
  };
}

/** The way back to India's wall time, in ISO 8601: `2026-01-09T09:15:00`, a day alone as its midnight. */
const timeOf = (stamp: string) =>
  stamp.replace(
    /^([^_]+)(?:_(\d\d)(\d\d))?$/,
    (_all, date: string, hour = '00', minute = '00') => `${date}T${hour}:${minute}:00`,
  );

/** Null where the name is not encoded as keys of candles are. */
function intervalOf(last: string): string | null {
  const [name = ''] = last.split('@');
  const interval = name.replace(/%(?:40|25)/g, decodeURIComponent);
  return interval.replace(/[@%]/g, encodeURIComponent) === name ? interval : null;
}

const isChosen = (parts: OhlcKeyParts, { symbol, interval }: OhlcFilter) =>
  (symbol === undefined || symbol === parts.symbol) && (interval === undefined || interval === parts.interval);

function tagsOfId(id: string): string[] | null {
  const parts = ohlcPartsOf(id);
  return parts && tagsOf(parts);
}

function tagsOf({ symbol, interval }: Pick<OhlcKey, 'symbol' | 'interval'>): string[] {
  return [tagOf({ symbol }), tagOf({ interval }), tagOf({ symbol, interval })];
}

/** One tag per combination, because entries of several tags are those of any of them. */
function tagOf({ symbol, interval }: OhlcFilter): string {
  if (symbol === undefined) return cacheKey('interval', interval ?? '');
  return interval === undefined ? cacheKey('symbol', symbol) : cacheKey('both', symbol, interval);
}

/** Refuses rows without a time also when they are written. */
function candlesStore(): Store<OhlcCandles | null> {
  const store = faithful<OhlcCandles | null>({ check: isCandlesOrNone });
  return {
    ...store,
    says: 'JSON of source and rows',
    encode: (value) => {
      if (!isCandlesOrNone(value)) throw new CacheValueError('Candles need a source, and each row its time.');
      return store.encode(value);
    },
  };
}

/** "There are none" is kept for a moment as well. */
function isCandlesOrNone(value: unknown): value is OhlcCandles | null {
  if (value === null) return true;
  const { source, rows } = value as Partial<OhlcCandles>;
  const hasTime = (row: unknown) => typeof row === 'object' && row !== null && Boolean((row as OhlcRow).time);
  return typeof source === 'string' && Array.isArray(rows) && rows.every(hasTime);
}
