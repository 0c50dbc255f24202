import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

/**
 * In rollback mode a writer that never pauses leaves its file unlocked for some tenths of a millisecond between two commits,
 * which take some milliseconds. Whoever asks once a millisecond meets that moment once in ten commits.
 */
const NAP_MS = 0.1;
const NAPS_PER_TURN = 10;
/** A lock that is held for longer is of something large. */
const PATIENT_AFTER_MS = 50;
const PATIENT_MS = 1;
/**
 * An attempt that fails costs the writer nothing. One that succeeds may meet its next commit, which then waits in its turn: for
 * so long after the file was found locked there is a rest behind each read.
 */
const CROWDED_MS = 1_000;
const REST_MS = 8;

/** The waits of a reader for the lock of a file. */
export class LockWait {
  private sinceMs: number | null = null;
  private naps = 0;
  private restUntilMs = 0;
  private crowdedUntilMs = 0;

  /** A nap stops this whole process, for a millisecond at most: no way for one that has callers to answer. */
  constructor(private readonly mayNap: boolean) {}

  /** Before the first attempt. */
  async begin(): Promise<void> {
    const leftMs = this.restUntilMs - performance.now();
    if (leftMs > 0) await delay(leftMs);
  }

  /** After an attempt that found the file locked. */
  async again(): Promise<void> {
    const nowMs = performance.now();
    this.sinceMs ??= nowMs;
    if (!this.mayNap || nowMs - this.sinceMs > PATIENT_AFTER_MS) await delay(PATIENT_MS);
    else if (++this.naps % NAPS_PER_TURN === 0) await turn();
    else Atomics.wait(NEVER, 0, 0, NAP_MS); // No timer of Node's is as short.
  }

  /** After the last attempt. */
  end(): void {
    const nowMs = performance.now();
    if (this.sinceMs !== null) this.crowdedUntilMs = nowMs + CROWDED_MS;
    if (this.mayNap && nowMs < this.crowdedUntilMs) this.restUntilMs = nowMs + REST_MS;
    this.sinceMs = null;
  }
}

const NEVER = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
