import { existsSync, statSync, watch, type FSWatcher } from 'node:fs';
import { inStepMs } from '@sluice/core';

/** A file's event may come before its commit can be seen (always so in WAL mode): it is looked at again and again. */
const LOOKS_AFTER_MS = [0, 1, 4, 20];
/**
 * Events may be lost, or not come at all from a network's file system: so often the system is asked whether the files were
 * written to, and at least so often a look is worth it in any case.
 */
const SAFETY = { everyMs: 2_000, leastOftenMs: 10_000 };
/**
 * A file that is watched costs its writer an event for each write, and each wakes this process up beside it: a tenth of a commit
 * in WAL mode. Where looks that find something follow each other so soon, or without a wait because the work on what was found
 * takes longer, the files are not watched but asked for their times, until nothing was found for a while.
 */
const CROWDED = { withinMs: 50, everyMs: 8, quietMs: 250 };
/** Longer than the coarsest tick of a file system's clock: what is written later than that always has another time. */
const TICK_MS = 50;

/**
 * Tells when a database may have got a commit: when the system says that its file or its log was written to, some
 * milliseconds after that; within three seconds also where no event came. Costs next to nothing while nothing is written.
 */
export class CommitWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private due: number[] = [];
  private ring: (() => void) | null = null;
  private stamps = '';
  private writtenMs = -Infinity;
  private foundMs = -Infinity;
  private hasWaited = true;
  private isCrowded = false;

  constructor(private readonly path: string) {
    this.watchFiles();
  }

  /** To be called when a look has found something. */
  found(): void {
    const now = performance.now();
    if (!this.hasWaited || now - this.foundMs < CROWDED.withinMs) this.letGo();
    [this.foundMs, this.hasWaited] = [now, false];
  }

  /** Returns at the next time at which a look is worth it, or when aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    this.hasWaited = true;
    while (!signal.aborted && !this.isOver()) {
      const now = Date.now();
      const next = this.due.shift();
      if (next !== undefined && next <= now) return;
      const isRung = await this.pause(next === undefined ? this.pauseMs(now) : next - now, signal);
      if (isRung || next !== undefined || this.isWritten()) break;
    }
    if (this.due.length === 0 && !this.isCrowded) this.watchFiles();
  }

  private pauseMs(now: number): number {
    return this.isCrowded ? CROWDED.everyMs : inStepMs(SAFETY.everyMs, now);
  }

  /** True, once, where a crowd is over: the files are watched again, and a look finds what came just before that. */
  private isOver(): boolean {
    if (!this.isCrowded || performance.now() - this.foundMs < CROWDED.quietMs) return false;
    this.isCrowded = false;
    return true;
  }

  private letGo(): void {
    this.isCrowded = true;
    this.due = [];
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  /** By the files' times and sizes since it was asked last, or because it is time. */
  private isWritten(): boolean {
    const now = performance.now();
    const stats = [this.path, `${this.path}-wal`].map((file) =>
      statSync(file, { bigint: true, throwIfNoEntry: false }),
    );
    const stamps = stats.map((stat) => (stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs}` : '')).join();
    const isWritten = stamps !== this.stamps || now - this.writtenMs >= SAFETY.leastOftenMs;
    if (isWritten) this.writtenMs = now;
    // What is written within the same tick shows in nothing else.
    const isSettled = stats.every((stat) => !stat || Date.now() - Number(stat.mtimeMs) >= TICK_MS);
    this.stamps = isSettled ? stamps : '';
    return isWritten;
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
        watcher.on('error', () => this.forget(file)); // The looks of every two seconds remain.
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

/** The file has just gone, or the system has no room for another watch: there are the looks of every two seconds. */
const isWatchFault = (error: unknown): boolean =>
  ['ENOENT', 'ENOSPC', 'EMFILE', 'EPERM', 'EACCES'].includes(String((error as NodeJS.ErrnoException).code));
