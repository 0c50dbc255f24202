import { spawnSync } from 'node:child_process';

/** Is there a Python 3 on the PATH to ask? */
export const hasPython = spawnSync('python3', ['-c', 'import json, sqlite3']).status === 0;

/** Runs a program with `input` as JSON on its standard input; gives what it prints as JSON. */
export function python(program: string, input: unknown): unknown {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program], { input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 2 ** 28 }); // prettier-ignore
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
