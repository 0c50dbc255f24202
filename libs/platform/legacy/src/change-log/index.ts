export { FollowSourceError, LogMissingError, LogRefusedError } from './change-log.errors';
export { CommitWatch } from './commit-watch';
export { identityOf, isSameIdentity, LiveDatabase, type FileIdentity } from './live-database';
export { rollBackJournal } from './roll-back-journal';
export { LOG, META, SENT, type LoggedTable } from './log-objects';
export { findLog, type InstalledLog } from './log-targets';
export {
  changedSince,
  ensureTwoWay,
  forgetEcho,
  lastEntry,
  leaveIds,
  logNumbers,
  noteSent,
  readSent,
  usedIds,
  type IdBlock,
  type LogWriting,
  type SentEntry,
} from './two-way-notes';
export { releaseClosed } from './release-closed';
export { BEGIN_WRITE, installLog, openWriter, pruneLog, uninstallLog } from './log-writer';
