import { cacheKey, CacheKeyError } from './cache-key';

type LegacyRow = Readonly<Record<string, string | bigint | number | boolean | null>>;
type Entry = { readonly key: string; readonly value: string; readonly ttlMs: number };

/**
 * Levels are stale when the trading calendar turns, and a stale level is still served while no fresh one can be computed.
 * The life in the store is therefore far longer than the freshness, which is judged when a level is read.
 */
const LIFE_MS = 400 * 24 * 60 * 60 * 1000;
const LEVELS = ['p', 'r1', 'r2', 'r3', 's1', 's2', 's3'] as const;
const SCOPES = ['Y', 'M', 'W', 'D'];

/** `sr:{symbol}:{timeframe}`. Throws `CacheKeyError` for what cannot be a key. */
export function supportResistanceKey(symbol: string, timeframe: string): string {
  return cacheKey('sr', symbol, timeframe);
}

/**
 * The cache entry of a row of `support_resistance_levels`: the legacy payload as JSON, for what is left of 400 days since
 * it was computed. A row without a usable time, scope or level is rejected, with the reason.
 */
export function supportResistanceEntry(
  row: LegacyRow,
  nowMs: number,
): Entry | { readonly skip: string } | { readonly reject: string } {
  const { symbol, timeframe_scope: scope, computed_at_ist: computedAt } = row;
  if (typeof symbol !== 'string') return { reject: 'symbol is not text' };
  if (typeof scope !== 'string' || !SCOPES.includes(scope)) return { reject: 'timeframe_scope is not Y, M, W or D' };
  if (typeof computedAt !== 'string') return { reject: 'computed_at_ist is not text' };
  const computedAtMs = parseIst(computedAt);
  if (computedAtMs === null) return { reject: 'computed_at_ist is not a time' };
  for (const name of LEVELS) {
    const level = row[name];
    if (typeof level !== 'number') return { reject: `${name} is ${level === null ? 'NULL' : 'not a number'}` };
    if (!Number.isFinite(level)) return { reject: `${name} is not finite, which JSON cannot hold` };
  }
  const ttlMs = Math.min(computedAtMs + LIFE_MS - nowMs, LIFE_MS); // A clock that ran ahead gives no longer life.
  if (ttlMs < 1) return { skip: 'expired' };
  try {
    return { key: supportResistanceKey(symbol, scope), value: payload(row), ttlMs };
  } catch (error) {
    if (error instanceof CacheKeyError) return { reject: error.message };
    throw error;
  }
}

/** Written by hand for one value: JSON.stringify turns -0 into 0. */
function payload(row: LegacyRow): string {
  const text = (name: string) => `${JSON.stringify(name)}:${JSON.stringify(row[name])}`;
  const level = (name: string) => `${JSON.stringify(name)}:${Object.is(row[name], -0) ? '-0' : String(row[name])}`;
  return `{${[text('symbol'), text('timeframe_scope'), ...LEVELS.map(level), text('computed_at_ist')].join(',')}}`;
}

/**
 * Milliseconds of an ISO 8601 time in the form that Python's `isoformat` writes; without an offset it is India's wall
 * clock, as the column's name says. Null where it is none, February 30th included.
 */
function parseIst(text: string): number | null {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (!match) return null;
  const [, date = '', time = '', fraction = '0', offset = '+05:30'] = match;
  const wallMs = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(wallMs) || !new Date(wallMs).toISOString().startsWith(`${date}T${time}`)) return null;
  const instantMs = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(instantMs) ? null : instantMs + Math.floor(Number(`0.${fraction}`) * 1000);
}
