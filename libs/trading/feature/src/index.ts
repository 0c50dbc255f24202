export { isLegacyPath } from './legacy-answers';
export { ParameterInvalidError, type ParameterProblem } from './legacy-parameters.pipe';
export { NoPicksSnapshotCache, PicksSnapshotCache, type PicksSnapshot } from './picks-snapshot.cache';
export { TradingModule } from './trading.module';
