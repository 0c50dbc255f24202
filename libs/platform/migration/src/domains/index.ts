export { isTwoWay, MODES, winnerIn, type Domain, type Mode } from './domain';
export { ModeBusyError, ModeChangedError, ModeRefusedError, ShadowDifferenceGoneError } from './domain.errors';
export { changeModes, listDomains, type DomainState, type ModeChange } from './domain-state';
export { moveDomains, type FileOf } from './domain-ids';
export { listDivergences, settleDivergences, type Divergence, type DivergenceFilter } from './divergences';
export { queueWinners, reconcile, type Reconciled, type ReconcileOptions, type UnequalRow } from './reconcile';
export { twoWayState, type TwoWayState } from './two-way-state';
export { waitsOf, type Wait } from './waits';
export {
  explainShadowDifference,
  listShadowDifferences,
  shadowReads,
  type ShadowDifference,
  type ShadowReads,
} from './shadow-reads';
