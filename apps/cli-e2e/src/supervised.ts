import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface SupervisedOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Milliseconds until the next kill -9, asked anew after each start; null: it is left alone. */
  readonly killAfterMs: () => number | null;
  /** Each piece of its output. */
  readonly onOutput?: (text: string) => void;
}

/** A process that is killed now and then and started again, as a supervisor would, until it is stopped. */
export class Supervised {
  starts = 0;
  /** How it ended by itself; the last lines that it wrote then. */
  readonly ends: string[] = [];
  private child: ChildProcess | null = null;
  private isStopping = false;
  private readonly done: Promise<void>;

  constructor(
    private readonly args: readonly string[],
    private readonly options: SupervisedOptions,
  ) {
    this.done = this.run();
  }

  /** SIGTERM, and no start after it. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.child?.kill('SIGTERM');
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      await this.once();
      if (!this.isStopping) await delay(100);
    }
  }

  private async once(): Promise<void> {
    const { env, cwd, killAfterMs, onOutput } = this.options;
    const child = spawn(process.execPath, this.args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], ...(cwd ? { cwd } : {}) }); // prettier-ignore
    this.child = child;
    this.starts++;
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-2_000);
        onOutput?.(text);
      });
    const afterMs = killAfterMs();
    const timer = afterMs === null ? undefined : setTimeout(() => child.kill('SIGKILL'), afterMs);
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...end) => resolve(end));
    });
    clearTimeout(timer);
    if (signal !== 'SIGKILL' && !this.isStopping) this.ends.push(`exit ${String(code)}: ${said}`);
  }
}
