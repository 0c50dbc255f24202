import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

export interface Load {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 2xx, and connections that failed. */
  readonly failures: number;
}

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 };

/** Runs wrk against targets in turn: one thread, 64 connections. Throws where wrk fails or its output is another. */
export async function load(url: string, targets: readonly string[], seconds: number, script: string): Promise<Load> {
  writeFileSync(script, requests(targets));
  const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c64', `-d${seconds}s`, '--latency', '-s', script, url]);
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0);
  const latency = (percent: string): number => {
    const [, value, unit] = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s)`).exec(stdout) ?? [];
    return Number(value) * (unitMs[unit ?? ''] ?? NaN);
  };
  const requestsPerSecond = number(/Requests\/sec:\s+([\d.]+)/);
  if (requestsPerSecond === 0) throw new Error(`wrk said:\n${stdout}`);
  const socketErrors = /connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1).map(Number) ?? [];
  const failures = number(/Non-2xx or 3xx responses: (\d+)/) + socketErrors.reduce((sum, count) => sum + count, 0);
  return { requestsPerSecond, p50Ms: latency('50'), p99Ms: latency('99'), failures };
}

const requests = (targets: readonly string[]): string => `
local targets = { ${targets.map((target) => JSON.stringify(target)).join(', ')} }
local at = 0
request = function()
  at = at % #targets + 1
  return wrk.format("GET", targets[at])
end
`;
