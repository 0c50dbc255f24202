export { follow, followable, TO_FOLLOW, type FollowEvent, type FollowOptions } from './run-follow';
export { FollowLockHeldError, FollowLostError, FollowNotReadyError } from './follow.errors';
export type { HistoryPolicy } from './followed-table';
export type { FollowState } from './follow-state';
