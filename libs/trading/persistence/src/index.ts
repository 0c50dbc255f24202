export {
  RecommendationRepository,
  type ModeTotals,
  type RecommendationFilter,
  type RecommendationRow,
} from './recommendation.repository';
export {
  TopPicksRunRepository,
  type LatestPicks,
  type LatestRun,
  type PicksScope,
  type StoredTopPicksRun,
  type TopPicksRunFilter,
  type TopPicksRunRow,
} from './top-picks-run.repository';
export { TopPicksRunWriter, type LatestPicksInvalidation, type TopPicksResult } from './top-picks-run.writer';
export { RunNotJsonError } from './trading-persistence.errors';
export { UniverseRepository, type UniverseRecord } from './universe.repository';
