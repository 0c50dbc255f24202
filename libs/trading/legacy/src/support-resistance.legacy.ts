import { supportResistanceEntry, supportResistanceMadeAtMs } from '@sluice/trading-caching';
import { float, integer, legacyTable, nullable, text } from '@sluice/migration';

/**
 * System F. Levels can be computed again, so they go to the cache `sr:{symbol}:{timeframe}`. The table has no integer key
 * of its own (its primary key is two texts): rows are read by SQLite's rowid.
 */
export const supportResistanceLevels = legacyTable({
  source: { file: 'cache/top_picks_runs.db', table: 'support_resistance_levels', key: 'rowid' },
  target: { kind: 'cache', cache: 'sr', entry: supportResistanceEntry, madeAtMs: supportResistanceMadeAtMs },
  columns: {
    rowid: integer,
    symbol: text,
    timeframe_scope: text,
    p: nullable(float),
    r1: nullable(float),
    r2: nullable(float),
    r3: nullable(float),
    s1: nullable(float),
    s2: nullable(float),
    s3: nullable(float),
    computed_at_ist: text,
  },
});
