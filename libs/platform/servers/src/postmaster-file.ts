import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataDirInUseError } from './errors';

const STOP_DEADLINE_MS = 60_000;

/** `postmaster.pid`: line 1 is the server's process id, line 8 its state (`starting`, `ready`, `stopping`). */
function readPostmasterFile(dataDir: string): { pid: number; state: string; text: string } | null {
  try {
    const text = readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8');
    const lines = text.split('\n');
    return { pid: Math.abs(Number(lines[0])), state: (lines[7] ?? '').trim(), text };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whether the server with this process id takes connections. */
export function isServing(dataDir: string, pid: number): boolean {
  const file = readPostmasterFile(dataDir);
  return file?.pid === pid && file.state === 'ready';
}

/**
 * Returns when no server runs on the folder. One that is stopping (its owner was killed) is waited for; one that runs is
 * a `DataDirInUseError`. A file that a crash left behind is PostgreSQL's own business, except where its process id now
 * belongs to another program: then PostgreSQL would refuse for ever, and the file is removed.
 */
export async function awaitFreeDataDir(dataDir: string): Promise<void> {
  const deadline = Date.now() + STOP_DEADLINE_MS;
  for (;;) {
    const file = readPostmasterFile(dataDir);
    if (!file || !isAlive(file.pid)) return;
    if (!isPostgres(file.pid)) {
      if (readPostmasterFile(dataDir)?.text === file.text)
        rmSync(path.join(dataDir, 'postmaster.pid'), { force: true });
      return;
    }
    if (file.state !== 'stopping' || Date.now() > deadline) throw new DataDirInUseError(dataDir, file.pid);
    await delay(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Where the system does not tell (no /proc), every live process may be the server: refusing is the safe side. */
function isPostgres(pid: number): boolean {
  try {
    return /^postgres/.test(readFileSync(`/proc/${pid}/comm`, 'utf8'));
  } catch {
    return true;
  }
}
