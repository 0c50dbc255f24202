export { approve, listApprovals, type Approval } from './approvals';
export { chosenDomains, cutoverStatus, gatesOf, type CutoverParts, type CutoverStatus } from './cutover-status';
export { advance, close, rollBack, TO_CUT_OVER, type CutoverChange, type CutoverOptions } from './change-mode';
export * from './cutover.errors';
export {
  evaluate,
  type Gate,
  type GateContext,
  type GateResult,
  type Probes,
  type RedisProbe,
  type SchemaProbe,
} from './gate';
export { GATES } from './gates';
export { planCutover, type CutoverPlan } from './plan';
export {
  listPolicy,
  POLICY,
  POLICY_NAMES,
  readPolicy,
  setPolicy,
  type CutoverPolicy,
  type PolicyEntry,
} from './policy';
export { reviewQuarantine } from './quarantine-review';
export { domainDigest, findRehearsal, recordRehearsals, type Rehearsal } from './rehearsals';
export { canRollBack, commandOf, nextMode } from './step';
export { rehearse, type RehearseOptions } from './rehearse';
