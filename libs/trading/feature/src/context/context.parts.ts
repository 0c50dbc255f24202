import { systemClock } from '@sluice/core';
import { TradingCaches } from '@sluice/trading-caching';
import {
  AgentAnalysisRepository,
  AgentLearningRepository,
  ContextSizeRepository,
  MemoryAnalysisRepository,
  PreferenceRepository,
} from '@sluice/trading-persistence';
import { ContextController } from './context.controller';
import { ContextMemoryController } from './context-memory.controller';
import { ContextMemoryService } from './context-memory.service';
import { ContextService } from './context.service';
import { PreferencesController } from './preferences.controller';
import { PreferencesService } from './preferences.service';

const stores = [
  AgentAnalysisRepository,
  AgentLearningRepository,
  MemoryAnalysisRepository,
  ContextSizeRepository,
] as const;

/** System D, and the long-term part of system J. */
export const contextParts = {
  controllers: [ContextController, PreferencesController, ContextMemoryController],
  providers: [
    ...stores,
    ...[PreferenceRepository, PreferencesService],
    {
      provide: ContextMemoryService,
      inject: [TradingCaches],
      useFactory: (caches: TradingCaches) => new ContextMemoryService(caches.contextMemory),
    },
    {
      provide: ContextService,
      inject: [TradingCaches, ...stores],
      useFactory: (
        caches: TradingCaches,
        analyses: AgentAnalysisRepository,
        learnings: AgentLearningRepository,
        memoryAnalyses: MemoryAnalysisRepository,
        size: ContextSizeRepository,
      ) => new ContextService({ analyses, learnings, memoryAnalyses, size }, caches.contextMemory, systemClock),
    },
  ],
};
