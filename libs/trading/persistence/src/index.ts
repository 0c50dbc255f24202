export {
  RecommendationRepository,
  type ModeTotals,
  type RecommendationFilter,
  type RecommendationRow,
} from './recommendation.repository';
export {
  TopPicksRunRepository,
  type LatestPicks,
  type PicksScope,
  type StoredTopPicksRun,
  type TopPicksRunFilter,
  type TopPicksRunRow,
} from './top-picks-run.repository';
