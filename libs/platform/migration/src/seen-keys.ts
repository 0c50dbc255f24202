import { DatabaseSync } from '@photostructure/sqlite';

/** A negative size is in KiB. Nothing here has to survive the process, so nothing waits for the disk. */
const SCHEMA = `PRAGMA cache_size = -4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
  CREATE TABLE seen (key BLOB PRIMARY KEY) WITHOUT ROWID; BEGIN`;

/**
 * The keys that were met so far, exactly and however many they are: a set of JavaScript's takes a hundred bytes and more
 * for each. They are in a database that SQLite makes for this connection alone: four megabytes of it are in memory, and
 * what is more goes to a temporary file without a name, which is gone with the process, however that ends.
 */
export class SeenKeys {
  private readonly database = new DatabaseSync('');
  private readonly insert;
  private count = 0;

  constructor() {
    this.database.exec(SCHEMA);
    this.insert = this.database.prepare('INSERT OR IGNORE INTO seen VALUES (?)');
  }

  get size(): number {
    return this.count;
  }

  /** True where the key is met for the first time. */
  add(key: string): boolean {
    const isNew = Number(this.insert.run(Buffer.from(key)).changes) === 1;
    if (isNew) this.count++;
    return isNew;
  }

  close(): void {
    this.database.close();
  }
}
