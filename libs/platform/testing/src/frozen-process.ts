import { readdirSync, readFileSync } from 'node:fs';

/** Stops (`SIGSTOP`) or wakes (`SIGCONT`) a server with all its children: the connections stay open, nothing answers. */
export function signalTree(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const member of [pid, ...childrenOf(pid)]) {
    try {
      process.kill(member, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // A child ended meanwhile.
    }
  }
}

/** By the parent field of /proc, so fault tests need Linux; elsewhere a server is taken to have no children. */
function childrenOf(pid: number): number[] {
  const processes = safely(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name)), []);
  return processes.map(Number).filter((candidate) => {
    const stat = safely(() => readFileSync(`/proc/${candidate}/stat`, 'utf8'), '');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
  });
}

function safely<T>(read: () => T, absent: T): T {
  try {
    return read();
  } catch {
    return absent;
  }
}
