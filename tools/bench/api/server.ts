import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');

/** A server in a process of its own. */
export class Server {
  constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    readonly startMs: number,
  ) {}

  async get(target: string): Promise<string> {
    const answer = await fetch(this.url + target);
    if (!answer.ok) throw new Error(`${target} answered ${answer.status}: ${await answer.text()}`);
    return answer.text();
  }

  async change(target: string, body: object): Promise<void> {
    const answer = await fetch(this.url + target, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${target} answered ${answer.status}: ${await answer.text()}`);
  }

  rssBytes(): number {
    const [, kB] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? [];
    return Number(kB) * 1_024;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}

/** The program, with its log thrown away. */
export function startOurs(databaseUrl: string, redisUrl: string): Promise<Server> {
  const env = {
    ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, HOST: '127.0.0.1', PORT: '0' },
    ...{ LOG_FORMAT: 'json', LOG_LEVEL: 'info', API_AUTH: 'loopback', NODE_ENV: 'production' },
  };
  return started(
    ['-r', './tools/swc-register.cjs', 'apps/api/src/main.ts'],
    env,
    /"message":"listening","url":"([^"]+)"/,
  );
}

export const startPeer = (name: string, given: object): Promise<Server> =>
  started([path.join(__dirname, 'peer.cjs'), name], { BENCH_GIVEN: JSON.stringify(given) }, /^(\d+)$/m);

function started(args: readonly string[], env: Record<string, string>, listening: RegExp): Promise<Server> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    const look = (chunk: Buffer): void => {
      if (output === 'done') return;
      output += chunk.toString();
      const [, found] = listening.exec(output) ?? [];
      if (found === undefined) return;
      output = 'done';
      resolve(
        new Server(/^\d+$/.test(found) ? `http://127.0.0.1:${found}` : found, child, performance.now() - startedMs),
      );
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${output}`)));
  });
}
