import type { AnyCache, CacheEngine, MarketHours } from '@sluice/cache';
import { ContextMemoryCache } from './context-memory.cache';
import { GeneralCache } from './general.cache';
import { GlobalScoresCache, ScoresTimestampCache } from './global-scores.cache';
import { LatestPicksCache } from './latest-picks.cache';
import { marketOf } from './market-hours';
import { MemoryCaches } from './memory.caches';
import {
  DashboardOverviewCache,
  PicksMonitorCache,
  PortfolioMonitorCache,
  ScalpingMonitorCache,
} from './monitor.caches';
import { OhlcCache } from './ohlc.cache';
import { SupportResistanceCache } from './support-resistance.cache';
import { TopPicksLock } from './top-picks.lock';
import { WarmUp, type WarmOptions, type WarmProgress, type WarmSources } from './warm-up';

/**
 * Every cache of the trading backend on one engine. They are made together: which cache a key belongs to is decided by the
 * longest name that it begins with (`scores:global:TCS` is none of `scores`), so all names must be known to each process.
 */
export class TradingCaches {
  readonly supportResistance: SupportResistanceCache;
  readonly ohlc: OhlcCache;
  readonly scores: GlobalScoresCache;
  readonly scoresTimestamp: ScoresTimestampCache;
  readonly general: GeneralCache;
  readonly memory: MemoryCaches;
  readonly contextMemory: ContextMemoryCache;
  readonly latestPicks: LatestPicksCache;
  readonly picksMonitor: PicksMonitorCache;
  readonly portfolioMonitor: PortfolioMonitorCache;
  readonly scalpingMonitor: ScalpingMonitorCache;
  readonly dashboard: DashboardOverviewCache;
  /** No cache: what keeps two schedulers from making the same run, over the same Redis. */
  readonly topPicksLock: TopPicksLock;

  /** `days` are India's holidays and special sessions. Throws `MarketCalendarError` for days that cannot be. */
  constructor(
    private readonly engine: CacheEngine,
    days: Pick<MarketHours, 'holidays' | 'specialSessions'> = {},
  ) {
    marketOf('India', days);
    this.supportResistance = new SupportResistanceCache(engine);
    this.ohlc = new OhlcCache(engine);
    this.scores = new GlobalScoresCache(engine);
    this.scoresTimestamp = new ScoresTimestampCache(engine);
    this.general = new GeneralCache(engine, (region) => marketOf(region, days));
    this.memory = new MemoryCaches(engine);
    this.contextMemory = new ContextMemoryCache(engine);
    this.latestPicks = new LatestPicksCache(engine);
    this.picksMonitor = new PicksMonitorCache(engine);
    this.portfolioMonitor = new PortfolioMonitorCache(engine);
    this.scalpingMonitor = new ScalpingMonitorCache(engine);
    this.dashboard = new DashboardOverviewCache(engine);
    this.topPicksLock = new TopPicksLock(engine);
  }

  /**
   * Fills what PostgreSQL holds the truth of, under a limit of loads per second; entries that are there stay as they are.
   * Throws `CacheNotWarmableError` for the name of another cache, and what the listing of keys throws.
   */
  warm(sources: WarmSources, options: WarmOptions = {}): Promise<WarmProgress[]> {
    return new WarmUp(this.engine, this, sources).run(options);
  }

  /** By name, as administration sees them. */
  list(): AnyCache[] {
    return this.engine.list();
  }
}
