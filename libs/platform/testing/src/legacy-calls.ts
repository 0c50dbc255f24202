import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { startLegacyWriter, type LegacyWriter } from './legacy-writer';

/**
 * A legacy file as its program uses it: one connection per call, and while a transaction is open. In WAL mode another process
 * keeps it open, as somebody does there: a connection of this process that stayed would have every reader of ours search all
 * of the memory for what closed ones left (`releaseClosed`), which was most of what such tests cost.
 */
export class LegacyCalls {
  private transaction: DatabaseSyncInstance | null = null;

  private constructor(
    private readonly file: string,
    private holder: LegacyWriter | null = null,
  ) {}

  static async open(file: string, journal: 'delete' | 'wal'): Promise<LegacyCalls> {
    const calls = new LegacyCalls(file, journal === 'wal' ? startLegacyWriter(file) : null);
    calls.exec(`PRAGMA journal_mode = ${journal}`);
    await calls.holder?.exec('SELECT 1 FROM sqlite_master'); // From its first statement on it takes part in the log.
    return calls;
  }

  exec(sql: string): void {
    this.call((connection) => connection.exec(sql));
  }

  /** The last row id. */
  run(sql: string, ...values: (string | number | null)[]): number {
    return this.call((connection) => Number(connection.prepare(sql).run(...values).lastInsertRowid));
  }

  /** Rows as arrays of their values. */
  rows(sql: string): unknown[][] {
    return this.call((connection) => {
      const statement = connection.prepare(sql);
      statement.setReturnArrays(true);
      return statement.all() as unknown as unknown[][];
    });
  }

  /** Nobody has it open any more, and everything is in the file itself. */
  async close(): Promise<void> {
    this.transaction?.close();
    this.transaction = null;
    await this.holder?.kill();
    this.holder = null;
    this.exec('SELECT 1 FROM sqlite_master');
  }

  private call<T>(work: (connection: DatabaseSyncInstance) => T): T {
    const connection = this.transaction ?? new DatabaseSync(this.file, { timeout: 5_000 });
    try {
      return work(connection);
    } finally {
      this.transaction = connection.isTransaction ? connection : null;
      if (this.transaction === null) connection.close();
    }
  }
}
