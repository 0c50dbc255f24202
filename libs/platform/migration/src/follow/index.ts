export {
  installChangeLogs,
  listChangeLogs,
  refuseTwoWay,
  uninstallChangeLogs,
  type ChangeLogOptions,
  type ChangeLogState,
} from './change-logs';
export { FollowLockHeldError, FollowLostError, FollowNotReadyError } from './follow.errors';
export type { FollowEvent, FollowOptions } from './follow-options';
export type { FollowState } from './follow-state';
export { followStatus, type FollowStatus } from './follow-status';
export type { HistoryPolicy } from './followed-table';
export { reviveEntries } from './outbox';
export { openWatch } from './open-watch';
export { TO_FOLLOW } from './right';
export { follow } from './run-follow';
