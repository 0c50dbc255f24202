import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The legacy program of the tests: another process, because POSIX locks do nothing between parts of one process. */
export interface LegacyWriter {
  /** Rejects with SQLite's message. */
  exec(sql: string): Promise<void>;
  /** SIGKILL: no clean-up, no checkpoint. */
  kill(): Promise<void>;
}

const program = `
  const { DatabaseSync } = require('@photostructure/sqlite');
  const db = new DatabaseSync(process.argv[1], { timeout: Number(process.argv[2]) });
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    let answer = '';
    try { db.exec(JSON.parse(line)); } catch (error) { answer = error.message; }
    process.stdout.write(JSON.stringify(answer) + '\\n');
  });`;

/** Waits for a lock as long as the legacy program does, Python's default, unless told otherwise. */
export function startLegacyWriter(file: string, busyMs = 5_000): LegacyWriter {
  const args = ['-e', program, file, String(busyMs)];
  const child = spawn(process.execPath, args, { cwd: __dirname, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async exec(sql) {
      child.stdin.write(`${JSON.stringify(sql)}\n`);
      const { value } = await lines.next();
      const message: unknown = JSON.parse(String(value));
      if (message !== '') throw new Error(String(message));
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
