import type { Right } from '../state/lock';
import { FollowLockHeldError } from './follow.errors';

/** One process at a time carries changes, in both directions. */
export const TO_FOLLOW: Right = { lock: 2, refuse: (holder) => new FollowLockHeldError(holder) };
