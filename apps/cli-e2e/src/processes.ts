import { execFileSync } from 'node:child_process';

export interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  /** Stays the same when a parent dies, so that orphans are found by it. */
  readonly session: number;
  readonly command: string;
}

/** Every process that runs; what has ended and waits to be collected does not. */
export function runningProcesses(): ProcessLine[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,sess=,stat=,args='], { encoding: 'utf8' }).trim().split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, session, state, command = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || state?.startsWith('Z')
      ? []
      : [{ pid: Number(pid), parent: Number(parent), session: Number(session), command }];
  });
}

/** A process's children, their children, and so on. */
export function descendantsOf(pid: number, all: readonly ProcessLine[] = runningProcesses()): ProcessLine[] {
  const children = all.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, all)]);
}
