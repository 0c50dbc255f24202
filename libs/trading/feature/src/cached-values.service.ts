import { Injectable, Optional } from '@nestjs/common';
import type { Answer } from '@sluice/cache';
import { DomainError } from '@sluice/core';
import { TradingCaches, type DashboardScope, type LatestPicks, type Snapshot } from '@sluice/trading-caching';
import { LatestPicksSource } from './latest-picks.source';
import { DomainReads } from './sides/domain-reads';

/** A snapshot is asked for by a scope that no job makes. */
export class ScopeUnknownError extends DomainError {
  readonly code = 'TRADING_SCOPE_UNKNOWN';
  readonly kind = 'usage';

  constructor(scopes: readonly string[]) {
    super(`scope must be one of: ${scopes.join(', ')}`);
  }
}

/** A value of a cache with its key; null where there is none. */
export interface CachedValue<V> {
  readonly key: string;
  readonly answer: Answer<V | null>;
}

export const PORTFOLIO_SCOPES = ['positions', 'watchlist'] as const;
export const DASHBOARD_SCOPES = ['intraday', 'performance_7d'] as const;

/**
 * What the legacy service showed of its Redis. Snapshots are set by jobs and nobody loads them here; the latest picks come
 * from PostgreSQL where the cache has none. Without Redis there are no snapshots, and picks all the same.
 */
@Injectable()
export class CachedValuesService {
  constructor(
    private readonly caches: TradingCaches,
    private readonly source: LatestPicksSource,
    @Optional() private readonly reads?: DomainReads,
  ) {}

  async latestPicks(universe: string, mode: string): Promise<Answer<LatestPicks | null>> {
    const scope = { universe, mode };
    if (await this.reads?.mustGoPastCaches('runs')) return bypassed(await this.source.load(scope));
    return this.caches.latestPicks.getOrLoadAnswer(scope, () => this.source.load(scope));
  }

  /** Reads what memory holds fresh, without waiting; nothing where it may be what the other side says. */
  heldLatestPicks(universe: string, mode: string): () => Answer<LatestPicks | null> | undefined {
    const read = this.caches.latestPicks.heldReader({ universe, mode });
    return () => (this.reads?.goesPastCaches('runs') ? undefined : read());
  }

  /** The same with its key, for those who show it. */
  async keyedLatestPicks(universe: string, mode: string): Promise<CachedValue<LatestPicks>> {
    const answer = await this.latestPicks(universe, mode);
    return { key: this.caches.latestPicks.idOf({ universe, mode }), answer };
  }

  /** Throws `ScopeUnknownError`. */
  portfolio(scope: string): Promise<CachedValue<Snapshot>> {
    return snapshotOf(this.caches.portfolioMonitor, oneOf(PORTFOLIO_SCOPES, scope));
  }

  scalping(): Promise<CachedValue<Snapshot>> {
    return snapshotOf(this.caches.scalpingMonitor, 'last');
  }

  /** Throws `ScopeUnknownError`. */
  dashboard(scope: string): Promise<CachedValue<Snapshot>> {
    const known = oneOf(DASHBOARD_SCOPES, scope);
    const key: DashboardScope = known === 'intraday' ? known : 'performance:7d';
    return snapshotOf(this.caches.dashboard, key);
  }
}

/** A value that no cache was asked for. */
export const bypassed = <V>(value: V): Answer<V> => ({
  value,
  ...{ state: 'bypass', tier: null, freshForMs: 0, isStored: false },
});

interface SnapshotCache<K> {
  idOf(key: K): string;
  getAnswers(keys: readonly K[]): Promise<Answer<Snapshot | undefined>[]>;
}

async function snapshotOf<K>(cache: SnapshotCache<K>, key: K): Promise<CachedValue<Snapshot>> {
  const [answer] = await cache.getAnswers([key]);
  if (!answer) throw new TypeError('A cache answered fewer keys than it was asked for.');
  return { key: cache.idOf(key), answer: { ...answer, value: answer.value ?? null } };
}

function oneOf<S extends string>(scopes: readonly S[], scope: string): S {
  const known = scopes.find((one) => one === scope);
  if (known === undefined) throw new ScopeUnknownError(scopes);
  return known;
}
