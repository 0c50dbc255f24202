import { existsSync, statSync, watch, type FSWatcher } from 'node:fs';
import { inStepMs } from '@sluice/core';

/** A file's event may come before its commit can be seen (always so in WAL mode): it is looked at again and again. */
const LOOKS_AFTER_MS = [0, 1, 4, 20];
/**
 * Events may be lost, or not come at all from a network's file system: so often the system is asked whether the files were
 * written to, and every so many times a look is worth it in any case, because a file's time is as coarse as a tick.
 */
const SAFETY = { ms: 1_000, looks: 10 };

/**
 * Tells when a database may have got a commit: when the system says that its file or its log was written to, some
 * milliseconds after that; within a second also where no event came. Costs next to nothing while nothing is written.
 */
export class CommitWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private due: number[] = [];
  private ring: (() => void) | null = null;
  private stamps = '';
  private quiet = 0;

  constructor(private readonly path: string) {
    this.watchFiles();
  }

  /** Returns at the next time at which a look is worth it, or when aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = Date.now();
      const next = this.due.shift();
      if (next !== undefined && next <= now) return;
      const isRung = await this.pause(next === undefined ? inStepMs(SAFETY.ms, now) : next - now, signal);
      if (isRung || next !== undefined || this.isWritten()) break;
    }
    if (this.due.length === 0) this.watchFiles();
  }

  /** By the files' times and sizes since it was asked last, or because it is time. */
  private isWritten(): boolean {
    const stamps = [this.path, `${this.path}-wal`].map((file) => {
      const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
      return stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs}` : '';
    });
    this.quiet = stamps.join() === this.stamps ? this.quiet + 1 : SAFETY.looks;
    this.stamps = stamps.join();
    if (this.quiet < SAFETY.looks) return false;
    this.quiet = 0;
    return true;
  }

  close(): void {
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
    this.ring?.();
  }

  /** True where it was ended by an event. */
  private pause(ms: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isRung: boolean): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        this.ring = null;
        resolve(isRung);
      };
      const stop = (): void => end(false);
      const timer = setTimeout(stop, ms);
      signal.addEventListener('abort', stop, { once: true });
      this.ring = () => end(true);
    });
  }

  private readonly onEvent = (): void => {
    const now = Date.now();
    if (this.due.length === LOOKS_AFTER_MS.length && this.due[0] === now) return;
    this.due = LOOKS_AFTER_MS.map((after) => now + after);
    if (this.ring) {
      this.due.shift();
      this.ring();
    }
  };

  /** A write-ahead log comes and goes with the programs that use it. */
  private watchFiles(): void {
    for (const file of [this.path, `${this.path}-wal`]) {
      if (this.watchers.has(file) || !existsSync(file)) continue;
      try {
        const watcher = watch(file, (event) => (event === 'rename' ? this.forget(file) : this.onEvent()));
        watcher.on('error', () => this.forget(file)); // The looks of every second remain.
        this.watchers.set(file, watcher);
      } catch (error) {
        if (!isWatchFault(error)) throw error;
      }
    }
  }

  private forget(file: string): void {
    this.watchers.get(file)?.close();
    this.watchers.delete(file);
    this.onEvent();
  }
}

/** The file has just gone, or the system has no room for another watch: there are the looks of every second. */
const isWatchFault = (error: unknown): boolean =>
  ['ENOENT', 'ENOSPC', 'EMFILE', 'EPERM', 'EACCES'].includes(String((error as NodeJS.ErrnoException).code));
