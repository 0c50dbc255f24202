import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  /** Over this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** The program is killed then and `run` rejects. 180 seconds by default. */
  readonly deadlineMs?: number;
  /** Called with the process id as soon as there is one, so that a test can send signals. */
  readonly onStart?: (pid: number) => void;
  /** Called with all of standard output and standard error so far, on each piece. */
  readonly onOutput?: (stdout: string, stderr: string) => void;
}

export interface RunResult {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Any exit code is a result; not ending in time, or not starting, is a rejection. */
export function run(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<RunResult> {
  const { cwd, env, input, deadlineMs = 180_000, onStart, onOutput } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...(cwd ? { cwd } : {}), env: merged(env), stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onOutput?.(stdout, stderr);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onOutput?.(stdout, stderr);
    });
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${command} ${args.join(' ')} did not end in ${deadlineMs} ms.\n${stdout}\n${stderr}`));
    }, deadlineMs);
    child.once('spawn', () => onStart?.(child.pid!));
    child.once('error', (error) => {
      clearTimeout(deadline);
      reject(error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(deadline);
      resolve({ code, signal, stdout, stderr });
    });
    child.stdin.on('error', () => child.stdin.destroy()); // It ended without reading its input.
    child.stdin.end(input ?? '');
  });
}

function merged(env: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  const all = { ...process.env, ...env };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
