import { DatabaseSync } from '@photostructure/sqlite';
import path from 'node:path';
import { LegacyDatabase } from '@sluice/legacy';
import { Client } from 'pg';
import {
  boolean,
  date,
  decimal,
  float,
  integer,
  json,
  nullable,
  text,
  timestamp,
  type Conversion,
} from '../mapping/conversion';
import { legacyTable, postgresTable, type LegacyTable } from '../mapping/legacy-table';

/** For tests: a table with every conversion, a legacy file and a database for it. */
export const specimens: LegacyTable = legacyTable({
  source: { file: 'specimens.db', table: 'specimens', key: 'id' },
  target: postgresTable('specimens'),
  columns: {
    id: integer,
    name: text,
    note: nullable(text),
    amount: nullable(decimal({ precision: 20, scale: 8 })),
    measure: nullable(float),
    other: nullable(float),
    count: nullable(integer),
    flag: nullable(boolean),
    seen_at: nullable(timestamp({ zone: 'UTC' })),
    day: nullable(date),
    payload: nullable(json()),
    remark: nullable(json({ bareText: true })),
  },
});

export const sqliteSchema = `CREATE TABLE specimens (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, note TEXT, amount REAL,
  measure REAL, other, count INTEGER, flag INTEGER, seen_at TIMESTAMP, day TEXT, payload TEXT, remark TEXT)`;

export const postgresSchema = `CREATE TABLE specimens (id bigserial PRIMARY KEY, name text NOT NULL, note text UNIQUE,
  amount numeric(20,8), measure float8, other float8, count bigint, flag boolean, seen_at timestamptz, day date,
  payload jsonb, remark jsonb)`;

/** What PostgreSQL is given, as input text, and what SQLite is given, by column. */
export type Values = Readonly<Record<string, string | null>>;

/** What a test brings: a folder and a database of its own, as `@sluice/testing` makes them. */
interface Folder {
  readonly path: string;
  remove(): Promise<void>;
}
interface Database {
  readonly url: string;
  drop(): Promise<void>;
}

/** Both ends of a verification, with SQL on each. */
export class Bench {
  private constructor(
    private readonly dir: Folder,
    private readonly fresh: Database,
    readonly target: Client,
    readonly file: string,
  ) {}

  static async open(dir: Folder, fresh: Database, name = 'specimens.db'): Promise<Bench> {
    const target = new Client({ connectionString: fresh.url });
    await target.connect();
    await target.query("SET timezone = 'UTC'");
    return new Bench(dir, fresh, target, path.join(dir.path, name));
  }

  get url(): string {
    return this.fresh.url;
  }

  /** Runs statements on the legacy file. */
  source(...statements: readonly string[]): void {
    const database = new DatabaseSync(this.file);
    for (const statement of statements) database.exec(statement);
    database.close();
  }

  async read<Result>(work: (database: LegacyDatabase) => Promise<Result>): Promise<Result> {
    const database = LegacyDatabase.open(this.file);
    try {
      return await work(database);
    } finally {
      database.close();
    }
  }

  async close(): Promise<void> {
    await this.target.end();
    await this.fresh.drop();
    await this.dir.remove();
  }
}

/** A table of a few columns, for one question. */
export const aTable = (columns: Readonly<Record<string, Conversion>>, more: Partial<LegacyTable> = {}): LegacyTable =>
  legacyTable({
    source: { file: 'x.db', table: 't', key: 'id' },
    target: postgresTable('t'),
    columns: { id: integer, ...columns },
    ...more,
  });
