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
  const db = new DatabaseSync(process.argv[1], { timeout: 100 });
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    let answer = '';
    try { db.exec(JSON.parse(line)); } catch (error) { answer = error.message; }
    process.stdout.write(JSON.stringify(answer) + '\\n');
  });`;

export function startLegacyWriter(file: string): LegacyWriter {
  const child = spawn(process.execPath, ['-e', program, file], { cwd: __dirname, stdio: ['pipe', 'pipe', 'inherit'] });
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

/** A legacy program that moves one unit between two rows of `t (id, amount)`, as often as it can. */
export interface Transfers {
  /** When so many more transfers were committed; rejects with SQLite's message where one was refused. */
  more(count: number): Promise<void>;
  /** Ends the program; gives the message of every transfer that SQLite refused. */
  stop(): Promise<string[]>;
}

const transfers = `
  const { DatabaseSync } = require('@photostructure/sqlite');
  const db = new DatabaseSync(process.argv[1], { timeout: Number(process.argv[2]) });
  db.exec('PRAGMA synchronous = OFF');
  const [{ n }] = db.prepare('SELECT max(id) AS n FROM t').all();
  const row = () => 1 + Math.floor(Math.random() * n);
  const once = () => {
    let answer = '';
    try {
      db.exec('BEGIN; UPDATE t SET amount = amount - 1 WHERE id = ' + row());
      db.exec('UPDATE t SET amount = amount + 1 WHERE id = ' + row());
      db.exec('COMMIT');
    } catch (error) {
      answer = error.message;
      if (db.isTransaction) db.exec('ROLLBACK');
    }
    process.stdout.write(JSON.stringify(answer) + '\\n', () => setImmediate(once));
  };
  once();`;

export function startTransfers(file: string, busyMs: number): Transfers {
  const args = ['-e', transfers, file, String(busyMs)];
  const child = spawn(process.execPath, args, { cwd: __dirname, stdio: ['ignore', 'pipe', 'inherit'] });
  const refused: string[] = [];
  let committed = 0;
  let wake = (): void => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === '""') committed++;
    else refused.push(line);
    wake();
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async more(count) {
      const wanted = committed + count;
      while (committed < wanted) {
        if (refused[0] !== undefined) throw new Error(refused[0]);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
      return refused;
    },
  };
}
