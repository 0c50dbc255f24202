import { cacheOf, json, LoadBackOffError, LoadTimeoutError, type Answer } from '@sluice/cache';
import { DomainError } from '@sluice/core';
import { SUPPORT_RESISTANCE_GRACE_MS, supportResistanceFreshness, type LevelKey } from './support-resistance.freshness';
import type { LevelScope, SupportResistance } from './support-resistance.levels';

const SCOPES: readonly string[] = ['Y', 'M', 'W', 'D'] satisfies LevelScope[];
const LEVELS = ['p', 'r1', 'r2', 'r3', 's1', 's2', 's3'] as const;

/** Makes a level from candles; null, or a failure, where it cannot. */
export type ComputeLevels = (key: LevelKey) => Promise<SupportResistance | null>;

/** Nothing could be computed, which is no answer that would be kept: the stale level is the better one. */
export class NoLevelsError extends DomainError {
  readonly code = 'TRADING_NO_LEVELS';
  readonly kind = 'unavailable';
}

/**
 * Pivot levels per symbol and scope. Stale when the calendar of India moves on (day, ISO week, month, year), not after a
 * number of hours, and therefore without jitter; while no fresh value can be computed the stale one is served.
 */
export class SupportResistanceCache extends cacheOf<LevelKey, SupportResistance>({
  name: 'sr',
  version: 1, // Raise when the shape of `SupportResistance` changes: older entries are then never read.
  key: ({ symbol, scope }) => [symbol.trim().toUpperCase(), scope], // sr:{symbol}:{timeframe}
  store: json<SupportResistance>({ check: isLevel }),
  fresh: supportResistanceFreshness,
  graceMs: SUPPORT_RESISTANCE_GRACE_MS,
  jitter: 0,
  negativeMs: 0,
  about: 'Pivot, supports and resistances per symbol and scope; filled by computing them from daily candles.',
}) {
  /**
   * The level, computed where there is none or its period is over. Symbol and scope in any case and with blanks around
   * them. Null for an empty symbol, an unknown scope, and where nothing can be computed and nothing stale is left; why
   * computing failed is among the cache's numbers only, as it was in the legacy code.
   */
  async findLevels(symbol: string, scope: string, compute: ComputeLevels): Promise<SupportResistance | null> {
    const key = levelKeyOf(symbol, scope);
    return key && (await this.findLevelsAnswer(key, compute)).value;
  }

  /** The same with how the answer was come by: a miss that stored nothing, where there is none. */
  async findLevelsAnswer(key: LevelKey, compute: ComputeLevels): Promise<Answer<SupportResistance | null>> {
    try {
      return await this.getOrLoadAnswer(key, () => computed(key, compute));
    } catch (error) {
      if (error instanceof NoLevelsError || error instanceof LoadBackOffError || error instanceof LoadTimeoutError)
        return { value: null, state: 'miss', tier: null, freshForMs: 0, isStored: false };
      throw error;
    }
  }
}

/** Null for an empty symbol and for what is no scope. */
export function levelKeyOf(symbol: string, scope: string): LevelKey | null {
  const key = { symbol: symbol.trim().toUpperCase(), scope: scope.trim().toUpperCase() };
  return key.symbol !== '' && isScope(key.scope) ? { symbol: key.symbol, scope: key.scope } : null;
}

const isScope = (scope: string): scope is LevelScope => SCOPES.includes(scope);

async function computed(key: LevelKey, compute: ComputeLevels): Promise<SupportResistance> {
  const message = 'The levels of a symbol cannot be computed.';
  const level = await compute(key).catch((cause: unknown) => {
    throw new NoLevelsError(message, { cause });
  });
  if (!level) throw new NoLevelsError(message);
  return level;
}

function isLevel(value: unknown): value is SupportResistance {
  if (typeof value !== 'object' || value === null) return false;
  const level = value as Record<string, unknown>;
  return typeof level['symbol'] === 'string' && LEVELS.every((name) => Number.isFinite(level[name]));
}
