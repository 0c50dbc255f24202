import type { GuardedProcess } from './guarded-process';

/**
 * A server that is one process at a time, always on the port that its first start found: whoever has its address may keep
 * it over restarts. What kind of server it is only `launch` knows.
 */
export abstract class RestartableServer {
  private process: GuardedProcess | null = null;
  /** 0 until it has been started once. */
  protected port = 0;

  /** The server's own process id; null while it is stopped. */
  get pid(): number | null {
    return this.process?.exited === false ? this.process.pid : null;
  }

  /** Ends all sessions and lets it write down what it keeps; safe to call again. */
  async stop(): Promise<void> {
    await this.process?.stop();
  }

  /** Stops it, however it is, and starts it on the same port; what it keeps nowhere is gone. */
  async restart(): Promise<void> {
    await this.stop();
    await this.launch();
  }

  /** Kills it as a crash would; `restart` brings it back. */
  async kill(): Promise<void> {
    await this.process?.kill();
  }

  /** Starts a process that answers, says so by `serves`, and throws where there is none. */
  protected abstract launch(): Promise<void>;

  protected serves(process: GuardedProcess, port: number): void {
    this.process = process;
    this.port = port;
  }
}
