import { cacheKey, CacheKeyError } from '@sluice/cache';
import { parseIndianTime } from './indian-time';
import { SUPPORT_RESISTANCE_GRACE_MS, supportResistanceFreshness } from './support-resistance.freshness';
import type { LevelScope } from './support-resistance.levels';

type LegacyRow = Readonly<Record<string, string | bigint | number | boolean | null>>;
type Entry = { readonly key: string; readonly value: string; readonly ttlMs: number };

const LEVELS = ['p', 'r1', 'r2', 'r3', 's1', 's2', 's3'] as const;
const SCOPES: readonly string[] = ['Y', 'M', 'W', 'D'] satisfies LevelScope[];
const isScope = (scope: unknown): scope is LevelScope => SCOPES.includes(scope as string);

/** `sr:{symbol}:{timeframe}`. Throws `CacheKeyError` for what cannot be a key. */
export function supportResistanceKey(symbol: string, timeframe: string): string {
  return cacheKey('sr', symbol, timeframe);
}

/**
 * The cache entry of a row of `support_resistance_levels`: the legacy payload as JSON, for what is left of the life that
 * the cache itself would have given it when it was computed: until the calendar turns, and the grace after it. So a level
 * of a past day arrives stale, and one of today stays fresh for the rest of it. A row without a usable time, scope or
 * level is rejected, with the reason.
 */
export function supportResistanceEntry(
  row: LegacyRow,
  nowMs: number,
): Entry | { readonly skip: string } | { readonly reject: string } {
  const { symbol, timeframe_scope: scope, computed_at_ist: computedAt } = row;
  if (typeof symbol !== 'string') return { reject: 'symbol is not text' };
  if (!isScope(scope)) return { reject: 'timeframe_scope is not Y, M, W or D' };
  if (typeof computedAt !== 'string') return { reject: 'computed_at_ist is not text' };
  const computedAtMs = parseIndianTime(computedAt);
  if (computedAtMs === null) return { reject: 'computed_at_ist is not a time' };
  for (const name of LEVELS) {
    const price = row[name];
    if (typeof price !== 'number') return { reject: `${name} is ${price === null ? 'NULL' : 'not a number'}` };
    if (!Number.isFinite(price)) return { reject: `${name} is not finite, which JSON cannot hold` };
  }
  const madeMs = Math.min(computedAtMs, nowMs); // A clock that ran ahead gives no longer life.
  const level = { key: { symbol, scope }, value: { computed_at_ist: computedAt } };
  const freshMs = supportResistanceFreshness.freshForMs({ ...level, nowMs: madeMs });
  const ttlMs = madeMs + freshMs + SUPPORT_RESISTANCE_GRACE_MS - nowMs;
  if (ttlMs < 1) return { skip: 'expired' };
  try {
    return { key: supportResistanceKey(symbol, scope), value: payload(row), ttlMs };
  } catch (error) {
    if (error instanceof CacheKeyError) return { reject: error.message };
    throw error;
  }
}

/** When the levels of an entry were computed; null where it does not say, or is no entry of this cache. */
export function supportResistanceMadeAtMs(value: string): number | null {
  const [, computedAt] = /"computed_at_ist":"([^"]*)"/.exec(value) ?? [];
  return computedAt === undefined ? null : parseIndianTime(computedAt);
}

/** Written by hand for one value: JSON.stringify turns -0 into 0. */
function payload(row: LegacyRow): string {
  const text = (name: string) => `${JSON.stringify(name)}:${JSON.stringify(row[name])}`;
  const level = (name: string) => `${JSON.stringify(name)}:${Object.is(row[name], -0) ? '-0' : String(row[name])}`;
  return `{${[text('symbol'), text('timeframe_scope'), ...LEVELS.map(level), text('computed_at_ist')].join(',')}}`;
}
