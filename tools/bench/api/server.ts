import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

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

/** The program, with its log in a file: who reads it from a pipe would be a third program on the processors. */
export function startOurs(databaseUrl: string, redisUrl: string, log: string): Promise<Server> {
  const env = {
    ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, HOST: '127.0.0.1', PORT: '0' },
    ...{ LOG_FORMAT: 'json', LOG_LEVEL: 'info', API_AUTH: 'loopback', NODE_ENV: 'production' },
  };
  return started(
    ['-r', './tools/swc-register.cjs', 'apps/api/src/main.ts'],
    env,
    /"message":"listening","url":"([^"]+)"/,
    log,
  );
}

export const startPeer = (name: string, given: object, log: string): Promise<Server> =>
  started([path.join(__dirname, 'peer.cjs'), name], { BENCH_GIVEN: JSON.stringify(given) }, /^(\d+)$/m, log);

async function started(
  args: readonly string[],
  env: Record<string, string>,
  listening: RegExp,
  output: string,
): Promise<Server> {
  const file = openSync(output, 'w');
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  for (;;) {
    const said = readFileSync(output, 'utf8');
    const [, found] = listening.exec(said) ?? [];
    const startMs = performance.now() - startedMs;
    if (found !== undefined)
      return new Server(/^\d+$/.test(found) ? `http://127.0.0.1:${found}` : found, child, startMs);
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}:\n${said}`);
    await delay(5);
  }
}
