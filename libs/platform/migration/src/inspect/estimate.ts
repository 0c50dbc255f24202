/** What a migration of a file takes, roughly: the order of magnitude, measured on a machine with two cores. */
export interface Estimate {
  readonly seconds: number;
  /** In the target, indexes included. */
  readonly targetBytes: number;
  /** For the private copy of the legacy file, among the system's temporary files; 0 where it is read in place. */
  readonly copyBytes: number;
  /** How long a commit of a legacy writer may have to wait at a time; the legacy programs wait 5 s. */
  readonly lockSeconds: number;
}

const copyRowsPerSecond = 300_000;
const copyBytesPerSecond = 50_000_000;
const fileCopyBytesPerSecond = 300_000_000;
/** Of the comparison under a lock; a lock is given back after a second. */
const compareBytesPerSecond = 1_500_000_000;
const longestLockSeconds = 1;
const targetPerSourceByte = 1.8;

export function estimate(file: { rows: number; sizeBytes: number; journalMode: 'rollback' | 'wal' }): Estimate {
  const { rows, sizeBytes, journalMode } = file;
  const seconds = Math.max(rows / copyRowsPerSecond, sizeBytes / copyBytesPerSecond) * 2; // Copied, then verified.
  const copied = journalMode === 'rollback';
  return {
    seconds: round(seconds + (copied ? sizeBytes / fileCopyBytesPerSecond : 0)),
    targetBytes: Math.round(sizeBytes * targetPerSourceByte),
    copyBytes: copied ? sizeBytes : 0,
    lockSeconds: copied ? round(Math.min(longestLockSeconds, sizeBytes / compareBytesPerSecond)) : 0,
  };
}

const round = (seconds: number): number => Math.ceil(seconds * 10) / 10;
