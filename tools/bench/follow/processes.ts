import { execFile, spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { median } from '../measure';

const program = path.resolve(__dirname, '../../../apps/cli/bin/sluice.cjs');
const writer = path.join(__dirname, 'writer.cjs');

/** Medians of one write, in microseconds; `call` opens and closes its connection. */
export interface Cost {
  readonly plainUs: Record<'commit' | 'call', number>;
  readonly otherUs: Record<'commit' | 'call', number>;
  readonly ratio: Record<'commit' | 'call', number>;
}

export async function sluice(env: NodeJS.ProcessEnv, ...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [program, ...args], { env });
}

/** What the legacy program of the benchmark prints. */
export async function runWriter(options: object): Promise<string> {
  const args = [writer, JSON.stringify(options)];
  return (await promisify(execFile)(process.execPath, args, { maxBuffer: 256 << 20 })).stdout;
}

/** What the same writes cost in a plain file and in another one. */
export async function costOf(plain: string, other: string, journal: string, writes: number): Promise<Cost> {
  const cost = { files: [plain, other], writes, warmUp: 200 };
  const sides = JSON.parse(await runWriter({ journal, cost })) as Record<'commit' | 'call', number[]>[];
  const us = (side: number) => ({
    commit: median(sides[side]!.commit) * 1000,
    call: median(sides[side]!.call) * 1000,
  });
  const [plainUs, otherUs] = [us(0), us(1)];
  return {
    plainUs,
    otherUs,
    ratio: { commit: otherUs.commit / plainUs.commit, call: otherUs.call / plainUs.call },
  };
}

/** Runs `sluice follow` while `work` does. */
export async function withFollower<T>(
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  work: (follower: ChildProcess) => Promise<T>,
): Promise<T> {
  const follower = spawn(process.execPath, [program, 'follow', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  const isReady = new Promise<void>((resolve, reject) => {
    follower.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
      if (errors.includes('following ')) resolve();
    });
    follower.once('exit', () => reject(new Error(`The follower has ended:\n${errors}`)));
  });
  try {
    await isReady;
    await delay(2_000);
    return await work(follower);
  } finally {
    follower.removeAllListeners('exit');
    isReady.catch(() => undefined);
    const ended = new Promise((resolve) => follower.once('exit', resolve));
    if (follower.exitCode === null && follower.kill('SIGTERM')) await ended;
  }
}
