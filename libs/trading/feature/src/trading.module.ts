import { type DynamicModule, Module } from '@nestjs/common';
import { systemClock } from '@sluice/core';
import { TradingCaches } from '@sluice/trading-caching';
import { RecommendationRepository, TopPicksRunRepository, UniverseRepository } from '@sluice/trading-persistence';
import { AlphaController } from './alpha.controller';
import { AlphaService } from './alpha.service';
import { CandleSource } from './candles/candle-source';
import { candlesParts } from './candles/candles.parts';
import { CandlesService } from './candles/candles.service';
import { CachedValuesController } from './cached-values.controller';
import { CachedValuesService } from './cached-values.service';
import { contextParts } from './context/context.parts';
import { costsParts } from './costs/costs.parts';
import { LlmCostSettings } from './costs/llm-costs.service';
import { ConsistentPicksController } from './consistent-picks.controller';
import { ConsistentPicksService } from './consistent-picks.service';
import { GeneralCacheController } from './general-cache.controller';
import { HotRoutes } from './hot/hot-routes';
import { LatestPicksSource } from './latest-picks.source';
import { levelsParts } from './levels/levels.parts';
import { LegacyDirectory } from './legacy-directory';
import { MarketSummaryController } from './market-summary.controller';
import { MarketSummaryService } from './market-summary.service';
import { OhlcCacheController } from './ohlc-cache.controller';
import { OhlcCacheService } from './ohlc-cache.service';
import { picksParts } from './picks/picks.parts';
import { policiesParts } from './policies/policies.parts';
import { scalpingParts } from './scalping/scalping.parts';
import { recommendationsParts } from './recommendations/recommendations.parts';
import { runsParts } from './runs/runs.parts';
import { RunSettings, RunsService } from './runs/runs.service';
import { sessionsParts } from './sessions/sessions.parts';
import { DomainReads } from './sides/domain-reads';
import { routedRepositories } from './sides/sides.parts';
import { TopPicksController } from './top-picks.controller';
import { TopPicksHistoryService } from './top-picks-history.service';
import { TopPicksStatusService } from './top-picks-status.service';

interface TradingBindings {
  readonly caches: TradingCaches;
  readonly candles: CandleSource;
  /** The legacy backend's root folder. */
  readonly legacyDir?: string | null;
  readonly llmCosts: LlmCostSettings;
  readonly runs: RunSettings;
  /** Reads go to the side that the mode of their domain names; needs `DomainReads` and `LegacyFiles` from the application. */
  readonly hasSides?: boolean;
}

/** The trading backend's routes. Needs `Postgres` from the application. */
@Module({})
export class TradingModule {
  static forRoot({ caches, candles, legacyDir, llmCosts, runs, hasSides = false }: TradingBindings): DynamicModule {
    return {
      module: TradingModule,
      controllers: [
        ...[AlphaController, TopPicksController, ConsistentPicksController],
        ...[CachedValuesController, OhlcCacheController, GeneralCacheController, MarketSummaryController],
        ...candlesParts.controllers,
        ...picksParts.controllers,
        ...policiesParts.controllers,
        ...levelsParts.controllers,
        ...scalpingParts.controllers,
        ...costsParts.controllers,
        ...contextParts.controllers,
        ...recommendationsParts.controllers,
        ...runsParts.controllers,
        ...sessionsParts.controllers,
      ],
      providers: [
        ...[RecommendationRepository, TopPicksRunRepository, UniverseRepository, LatestPicksSource],
        ...[CachedValuesService, ConsistentPicksService, OhlcCacheService, MarketSummaryService],
        ...candlesParts.providers,
        ...picksParts.providers,
        ...policiesParts.providers,
        ...levelsParts.providers,
        ...scalpingParts.providers,
        ...costsParts.providers,
        ...contextParts.providers,
        ...recommendationsParts.providers,
        ...runsParts.providers,
        ...sessionsParts.providers,
        {
          provide: HotRoutes,
          inject: [CachedValuesService, CandlesService, RunsService],
          useFactory: (values: CachedValuesService, candles: CandlesService, runs: RunsService) =>
            new HotRoutes({ values, candles, runs }),
        },
        { provide: LegacyDirectory, useValue: new LegacyDirectory(legacyDir ?? null) },
        { provide: LlmCostSettings, useValue: llmCosts },
        { provide: RunSettings, useValue: runs },
        { provide: TradingCaches, useValue: caches },
        { provide: CandleSource, useValue: candles },
        {
          provide: AlphaService,
          inject: [RecommendationRepository],
          useFactory: (rows: RecommendationRepository) => new AlphaService(rows, systemClock),
        },
        {
          provide: TopPicksHistoryService,
          inject: [TopPicksRunRepository],
          useFactory: (runs: TopPicksRunRepository) => new TopPicksHistoryService(runs, systemClock),
        },
        {
          provide: TopPicksStatusService,
          inject: [TopPicksRunRepository, { token: DomainReads, optional: true }],
          useFactory: (runs: TopPicksRunRepository, reads?: DomainReads) =>
            new TopPicksStatusService(runs, caches.latestPicks, systemClock, reads),
        },
        ...(hasSides ? routedRepositories : []), // Instead of those above.
      ],
      exports: [HotRoutes, LatestPicksSource],
    };
  }
}
