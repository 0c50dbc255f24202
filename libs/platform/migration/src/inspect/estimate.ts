/** What a migration of a file takes, roughly: the order of magnitude, measured on a machine with two cores. */
export interface Estimate {
  readonly seconds: number;
  /** In the target, indexes included. */
  readonly targetBytes: number;
  /** For the private copy of the legacy file, beside the system's temporary files; 0 where it is read in place. */
  readonly copyBytes: number;
  /** How long a legacy writer may have to wait; the legacy programs wait 5 s. */
  readonly lockSeconds: number;
}

const copyRowsPerSecond = 300_000;
const copyBytesPerSecond = 50_000_000;
const fileCopyBytesPerSecond = 500_000_000;
const targetPerSourceByte = 1.8;
/** Up to this size a rollback-journal database is read in place, under a read lock. */
const inPlaceBytes = 64 << 20;

export function estimate(file: { rows: number; sizeBytes: number; journalMode: 'rollback' | 'wal' }): Estimate {
  const { rows, sizeBytes, journalMode } = file;
  const seconds = Math.max(rows / copyRowsPerSecond, sizeBytes / copyBytesPerSecond) * 2; // Copied, then verified.
  const copied = journalMode === 'rollback' && sizeBytes > inPlaceBytes;
  const copySeconds = sizeBytes / fileCopyBytesPerSecond;
  return {
    seconds: round(seconds + (copied ? copySeconds : 0)),
    targetBytes: Math.round(sizeBytes * targetPerSourceByte),
    copyBytes: copied ? sizeBytes : 0,
    lockSeconds: journalMode === 'wal' ? 0 : round(copied ? copySeconds : seconds),
  };
}

const round = (seconds: number): number => Math.ceil(seconds * 10) / 10;
