import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A legacy program that moves one token between two rows of `llm_requests`, as often as it can. */
export interface Transfers {
  /** When so many more transfers were committed; rejects with SQLite's message where one was refused. */
  more(count: number): Promise<void>;
  /** Ends the program; gives the message of every transfer that SQLite refused. */
  stop(): Promise<string[]>;
}

const program = `
  const { DatabaseSync } = require('@photostructure/sqlite');
  const db = new DatabaseSync(process.argv[1], { timeout: Number(process.argv[2]) });
  const [{ n }] = db.prepare('SELECT max(id) AS n FROM llm_requests').all();
  const move = (by) => 'UPDATE llm_requests SET tokens_input = tokens_input + (' + by + ') WHERE id = ' +
    (1 + Math.floor(Math.random() * n));
  const once = () => {
    let answer = 'committed';
    try {
      db.exec('BEGIN; ' + move(-1) + '; ' + move(1) + '; COMMIT');
    } catch (error) {
      answer = error.message;
      if (db.isTransaction) db.exec('ROLLBACK');
    }
    process.stdout.write(answer + '\\n', () => setTimeout(once, 2));
  };
  once();`;

/** `busyMs` is the program's patience: it gives a transfer up after waiting so long for a lock. */
export function startTransfers(file: string, busyMs: number): Transfers {
  const args = ['-e', program, file, String(busyMs)];
  const child = spawn(process.execPath, args, { cwd: __dirname, stdio: ['ignore', 'pipe', 'inherit'] });
  const refused: string[] = [];
  let committed = 0;
  let wake = (): void => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'committed') committed++;
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
