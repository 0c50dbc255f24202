import { closeAtOnce, openForMoment, type LegacyDatabase, type LegacyTableInfo, type SqlValue } from '@sluice/legacy';

/**
 * A legacy file that is opened for each look and closed after it, so that nothing of us is at it in between: no lock, no
 * connection, no file of ours beside it. Rows can be read within `read` only.
 */
export class WatchedFile {
  private opened: LegacyDatabase | null = null;

  constructor(
    readonly path: string,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Runs `work`, which must be quick, in one read transaction. Waits for as long as a writer has the file. Throws the signal's
   * reason, and what opening a legacy file throws.
   */
  async read<Result>(work: (database: LegacyDatabase) => Result): Promise<Result> {
    const database = await openForMoment(this.path, { patienceMs: Infinity, signal: this.signal });
    this.opened = database;
    try {
      return work(database);
    } finally {
      this.opened = null;
      await closeAtOnce(database);
    }
  }

  get current(): LegacyDatabase {
    if (!this.opened) throw new TypeError(`${this.path} is read outside of a transaction.`);
    return this.opened;
  }

  get encoding(): LegacyDatabase['encoding'] {
    return this.current.encoding;
  }

  rows(sql: string, ...params: SqlValue[]): SqlValue[][] {
    return this.current.rows(sql, ...params);
  }

  tables(): LegacyTableInfo[] {
    return this.current.tables();
  }
}
