import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { ServerStartError } from './errors';

/**
 * A server must not outlive the program that started it, not even after kill -9. So it runs under a shell that holds one
 * end of a pipe whose other end is ours: when the pipe closes, for whatever reason, the shell stops the server. The shell
 * leads a session of its own, so that a Ctrl-C for us does not reach the server before we are done with it.
 * A frozen server cannot obey, so it and its children are woken, and killed when it does not go in time.
 */
const GUARDIAN = `
exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
echo "$server"
{
  while read -r _ <&3; do :; done
  kill -s CONT "$server" $(cat "/proc/$server/task/$server/children")
  kill -s "$STOP_SIGNAL" "$server"
  sleeper=
  trap 'test -z "$sleeper" || kill "$sleeper"; exit' TERM
  sleep "$STOP_SECONDS" 3<&- &
  sleeper=$!
  wait "$sleeper"
  kill -s KILL "$server"
} >/dev/null 2>&1 &
watcher=$!
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
exit $code`;

export interface GuardedOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Asks for a clean end: SIGINT makes PostgreSQL end without waiting for its clients, Redis takes SIGTERM. */
  readonly stopSignal: 'INT' | 'TERM';
  readonly logFile: string;
  /** The account to run as, where ours will not do. */
  readonly uid?: number;
  readonly gid?: number;
}

/** A running server that ends when we let go of it, or die. */
export class GuardedProcess {
  private constructor(
    private readonly guardian: ChildProcess,
    /** The server's own process id, not the guardian's. */
    readonly pid: number,
    private readonly logFile: string,
    private readonly logStart: number,
  ) {}

  /** Throws `ServerStartError` where the program cannot be run at all; that it serves is the caller's to find out. */
  static async start(options: GuardedOptions): Promise<GuardedProcess> {
    const log = openSync(options.logFile, 'a', 0o600);
    const logStart = fstatSync(log).size;
    const { command, args, stopSignal, uid, gid } = options;
    const guardian = spawn('/bin/sh', ['-c', GUARDIAN, 'guardian', command, ...args], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', log],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', STOP_SIGNAL: stopSignal, STOP_SECONDS: '20' },
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    closeSync(log);
    const failed = once(guardian, 'error').then(([error]) => {
      throw new ServerStartError(`${command} could not be run.`, { cause: error });
    });
    guardian.stdin?.on('error', () => guardian.stdin?.destroy()); // The server has gone before us: nothing left to tell it.
    const [first] = await Promise.race([once(guardian.stdout!, 'data'), failed]);
    guardian.stdout?.destroy(); // It says nothing more.
    guardian.unref();
    (guardian.stdin as { unref?(): void } | null)?.unref?.();
    return new GuardedProcess(guardian, Number(String(first)), options.logFile, logStart);
  }

  get exited(): boolean {
    return this.guardian.exitCode !== null || this.guardian.signalCode !== null;
  }

  /** Lets go and waits until the server has ended; safe to call again. */
  async stop(): Promise<void> {
    if (this.exited) return;
    this.guardian.ref();
    const gone = once(this.guardian, 'exit');
    this.guardian.stdin?.end();
    await gone;
  }

  /** Sends a signal to the server itself; false where it is gone. */
  signal(signal: NodeJS.Signals): boolean {
    if (this.exited) return false;
    try {
      return process.kill(this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  }

  /** Kills the server as a crash would and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.exited) return;
    this.guardian.ref();
    const gone = once(this.guardian, 'exit');
    this.signal('SIGKILL');
    await gone;
  }

  /** What the server wrote since this start, the last lines of it. */
  logTail(lines = 15): string {
    const text = readFileSync(this.logFile).subarray(this.logStart).toString('utf8');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }
}
