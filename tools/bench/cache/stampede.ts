import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type Redis from 'ioredis';

const PROCESSES = 4;
export const CALLERS = 250;
export const LOAD_MS = 100;
export const RUNS_KEY = 'bench:loader-runs';

export interface Stampede {
  readonly loaderRuns: number;
  readonly slowestMs: number;
}

/** 1,000 callers in four processes ask for one cold key at the same moment. */
export async function stampede(server: Redis, url: string, name: string): Promise<Stampede> {
  await server.flushall();
  const script = path.join(__dirname, 'stampede-child.cjs');
  const children = Array.from({ length: PROCESSES }, () => fork(script, [url, name]));
  try {
    await Promise.all(children.map((child) => told(child)));
    const startMs = Date.now() + 300;
    const answers = children.map((child) => told(child) as Promise<{ slowestMs: number }>);
    for (const child of children) child.send(startMs);
    const slowest = (await Promise.all(answers)).map(({ slowestMs }) => slowestMs);
    return { loaderRuns: Number(await server.get(RUNS_KEY)), slowestMs: Math.max(...slowest) };
  } finally {
    for (const child of children) child.kill();
  }
}

/** What the process says next; rejects where it ends without a word. */
function told(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`A process of the stampede ended with ${code}.`)));
  });
}
