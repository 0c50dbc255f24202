import { existsSync, watch, type FSWatcher } from 'node:fs';

/** A file's event may come before its commit can be seen (always so in WAL mode): it is looked at again and again. */
const LOOKS_AFTER_MS = [0, 1, 4, 20];
/** Events may be lost, or not come at all from a network's file system. */
const SAFETY_MS = 1_000;

/**
 * Tells when a database may have got a commit: when the system says that its file or its log was written to, some
 * milliseconds after that, and once a second in any case. Costs nothing while nothing is written.
 */
export class CommitWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private due: number[] = [];
  private ring: (() => void) | null = null;

  constructor(private readonly path: string) {
    this.watchFiles();
  }

  /** Returns at the next time at which a look is worth it, or when aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const now = Date.now();
    const next = this.due.shift() ?? now + SAFETY_MS;
    if (next > now) await this.pause(next - now, signal);
    if (this.due.length === 0) this.watchFiles();
  }

  close(): void {
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
    this.ring?.();
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.ring = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end, { once: true });
      this.ring = end;
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
