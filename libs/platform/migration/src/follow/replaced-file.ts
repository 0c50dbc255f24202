import { FollowSourceError, identityOf, isSameIdentity, type FileIdentity } from '@sluice/legacy';
import type { FoundFile } from '../inspect';
import type { Copies } from './follow-files';
import type { FollowState } from './follow-state';

/**
 * Throws `FOLLOW_SOURCE_CHANGED` where another file lies where these tables were followed. It is asked before anything else of
 * it: a file that the legacy program made anew, with a log that was installed in it since, would be compared as a whole, and
 * what it lacks would be deleted in PostgreSQL, which may be the only one that still has it.
 */
export function refuseReplaced({ file, tables }: FoundFile, states: readonly FollowState[], copies: Copies): void {
  const now = identityOf(file);
  for (const { table, plan, checkpoint } of states) {
    if (!tables.some(({ name }) => name === table) || plan !== copies.get(table)?.plan) continue;
    const before = seenIn(checkpoint.detail);
    if (before && !isSameIdentity(before, now)) throw new FollowSourceError(file, 'it is another file than before');
  }
}

/** As the change log's way or the watch has noted it; null of a table of which nothing was seen yet. */
function seenIn(detail: Readonly<Record<string, unknown>>): FileIdentity | null {
  const { device, inode, bornNs = null } = (detail['mark'] ?? detail) as Partial<FileIdentity>;
  return device === undefined || inode === undefined ? null : { device, inode, bornNs };
}
