import { spawn } from 'node:child_process';

export interface Measured {
  readonly wallMs: number;
  /** Of the largest process, from the kernel's accounting where `/usr/bin/time` is there; null otherwise. */
  readonly peakBytes: number | null;
  readonly stdout: string;
}

/**
 * Runs a command line of the shell to its end, or until a line on standard error matches `until`: the time counts up to
 * there. Throws where the program fails.
 */
export function measure(
  command: string,
  options: { until?: RegExp; env?: Record<string, string> } = {},
): Promise<Measured> {
  const startedNs = process.hrtime.bigint();
  const elapsedMs = (): number => Number(process.hrtime.bigint() - startedNs) / 1e6;
  const child = spawn('bash', ['-c', `set -o pipefail; ${command}`], { env: { ...process.env, ...options.env } });
  let stdout = '';
  let stderr = '';
  let reachedMs: number | null = null;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (reachedMs === null && options.until?.test(stderr)) reachedMs = elapsedMs();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const wallMs = options.until ? reachedMs : elapsedMs();
      if (code !== 0 || wallMs === null)
        return reject(new Error(`${command}\nended with ${code}:\n${stderr.slice(-4000)}`));
      const peak = /PEAK_KB=(\d+)/.exec(stderr)?.[1];
      resolve({ wallMs, peakBytes: peak ? Number(peak) * 1024 : null, stdout });
    });
  });
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
};

/** True where a program is on the PATH. */
export async function isInstalled(program: string): Promise<boolean> {
  try {
    await measure(`command -v ${program}`);
    return true;
  } catch {
    return false;
  }
}
