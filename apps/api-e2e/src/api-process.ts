import path from 'node:path';
import { run, type RunResult } from '@sluice/testing';

const root = path.resolve(__dirname, '../../..');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // The shape is what a test is about, so each test looks into it by itself.
  readonly body: ReturnType<typeof JSON.parse>;
}

/** The API as a user runs it: a process of its own, configured by the environment, stopped by a signal. */
export class ApiProcess {
  private constructor(
    readonly url: string,
    private readonly pid: number,
    /** Its end: exit code and everything that it wrote. */
    readonly ended: Promise<RunResult>,
    /** What its log says so far. */
    readonly log: () => string,
  ) {}

  /** Resolves when it listens; rejects with its output where it ends instead. */
  static async start(env: Readonly<Record<string, string>>): Promise<ApiProcess> {
    let pid = 0;
    let said = '';
    let ended: Promise<RunResult> | undefined;
    const url = await new Promise<string>((resolve, reject) => {
      ended = runApi(env, {
        onStart: (started) => (pid = started),
        onOutput: (_, log) => {
          said = log;
          const listening = /"message":"listening","url":"([^"]+)"/.exec(log)?.[1];
          if (listening) resolve(listening);
        },
      });
      ended.then(({ stderr }) => reject(new Error(`The API ended at once:\n${stderr}`)), reject);
    });
    if (!ended) throw new Error('The API was not started.');
    return new ApiProcess(url, pid, ended, () => said);
  }

  async get(target: string, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${target}`, { headers });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  async stop(): Promise<RunResult> {
    this.signal('SIGTERM');
    return this.ended;
  }
}

/** Runs the API from its TypeScript until it ends. Nothing of the caller's own settings gets through. */
export function runApi(
  env: Readonly<Record<string, string>>,
  watch: Pick<Parameters<typeof run>[2] & object, 'onStart' | 'onOutput'> = {},
): Promise<RunResult> {
  const settings = {
    // Most tests are not about keys; those that are say so.
    API_AUTH: 'loopback',
    DATABASE_URL: '',
    REDIS_URL: '',
    CACHE_DRIVER: '',
    HOST: '',
    LOG_FORMAT: 'json',
    LOG_LEVEL: '',
    PORT: '0',
  };
  return run(process.execPath, ['-r', './tools/swc-register.cjs', 'apps/api/src/main.ts'], {
    ...watch,
    cwd: root,
    env: { ...settings, ...env },
    deadlineMs: 1_200_000, // It serves a whole file of tests.
  });
}
