import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Where a unit is moved: integers in a column of a table whose `id` counts from 1. */
export interface TransferPlace {
  readonly table: string;
  readonly column: string;
}

/** A legacy program that moves one unit between two rows of a SQLite table, as often as it can, so that the sum stays. */
export interface Transfers {
  /** When so many more transfers were committed; rejects with SQLite's message where one was refused. */
  more(count: number): Promise<void>;
  /** Ends the program; gives the message of every transfer that SQLite refused. */
  stop(): Promise<string[]>;
}

const program = `
  const { DatabaseSync } = require('@photostructure/sqlite');
  const [, file, busyMs, table, column] = process.argv;
  const db = new DatabaseSync(file, { timeout: Number(busyMs) });
  db.exec('PRAGMA synchronous = OFF');
  const [{ n }] = db.prepare('SELECT max(id) AS n FROM ' + table).all();
  const move = (by) => 'UPDATE ' + table + ' SET ' + column + ' = ' + column + ' + (' + by + ') WHERE id = ' +
    (1 + Math.floor(Math.random() * n));
  const once = () => {
    let answer = 'committed';
    try {
      db.exec('BEGIN; ' + move(-1) + '; ' + move(1) + '; COMMIT');
    } catch (error) {
      answer = error.message;
      if (db.isTransaction) db.exec('ROLLBACK');
    }
    process.stdout.write(answer + '\\n', () => setImmediate(once));
  };
  once();`;

/** `busyMs` is the program's patience: it gives a transfer up after waiting so long for a lock. */
export function startTransfers(file: string, { table, column }: TransferPlace, busyMs: number): Transfers {
  const args = ['-e', program, file, String(busyMs), table, column];
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
