import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { LegacyDatabase } from '@sluice/legacy';
import {
  migrationDefaults,
  LegacyFile,
  LegacyTableWriter,
  listQuarantine,
  readTargetRows,
  runMigration,
  type Choices,
  type WriteBack,
  type WriteResult,
} from '@sluice/migration';
import { connectedClient, freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import type { Client } from 'pg';
import { tradingTables } from '../trading.legacy';
import { legacyFileSchema, tablesOfFile, tradingWriteBacks } from './trading.write-back';

/** The tables whose rows are in PostgreSQL. */
export const storedBacks = tradingWriteBacks.filter(({ table }) => table.target.kind === 'postgres');

/** A legacy tree, a PostgreSQL that it was copied into, and a second tree to write back to. */
export class WriteBackBench {
  private constructor(
    private readonly dir: TempDir,
    private readonly database: FreshDatabase,
    readonly client: Client,
  ) {}

  static async open(): Promise<WriteBackBench> {
    const [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
    const client = await connectedClient(database.url);
    return new WriteBackBench(dir, database, client);
  }

  async close(): Promise<void> {
    await this.client.end();
    await Promise.all([this.database.drop(), this.dir.remove()]);
  }

  get source(): string {
    return path.join(this.dir.path, 'source');
  }

  sourceFile({ table }: WriteBack): string {
    return path.join(this.source, table.source.file);
  }

  backFile({ table }: WriteBack, tree = 'back'): string {
    return path.join(this.dir.path, tree, table.source.file);
  }

  async migrate(choices: Choices = {}): Promise<void> {
    await runMigration('migrate', {
      ...migrationDefaults,
      ...{ root: this.source, tables: storedBacks.map(({ table }) => table), known: tradingTables },
      ...{ connectionString: this.database.url, holder: 'a test', version: 'test', choices },
      signal: new AbortController().signal,
    });
  }

  async keys({ table }: WriteBack): Promise<bigint[]> {
    const { rows } = await this.client.query<{ id: string }>(`SELECT id::text FROM ${table.name} ORDER BY id`);
    return rows.map(({ id }) => BigInt(id));
  }

  /** Keys of rows that are in the file and not in PostgreSQL. */
  async quarantined({ table }: WriteBack): Promise<Set<string>> {
    return new Set((await listQuarantine(this.client, { tables: [table.name] })).map(({ key }) => key));
  }

  writer(back: WriteBack, file: string, over: { choices?: Choices; earlier?: LegacyDatabase } = {}): LegacyTableWriter {
    const legacy = new LegacyFile(file, { createWith: legacyFileSchema(back.table.source.file) });
    const neighbours = tablesOfFile(back.table.source.file);
    return new LegacyTableWriter(legacy, back, { choices: {}, neighbours, ...over });
  }

  /** Every row of PostgreSQL, into a file that is made for it. */
  async writeAll(
    back: WriteBack,
    over: { tree?: string; choices?: Choices; earlier?: LegacyDatabase } = {},
  ): Promise<WriteResult> {
    const { tree, ...options } = over;
    return this.writeRows(back, tree, await this.keys(back), options);
  }

  async writeRows(
    back: WriteBack,
    tree: string | undefined,
    keys: readonly bigint[],
    options: { choices?: Choices; earlier?: LegacyDatabase } = {},
  ): Promise<WriteResult> {
    const rows = await readTargetRows(this.client, back.table, keys);
    return this.writer(back, this.backFile(back, tree), options).write({ upserts: [...rows.values()], deletes: [] });
  }
}

/** Each row of a table by its key, each column as its storage class and its bytes. */
export function stored(file: string, table: string): Map<string, Record<string, string>> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(table) as { name: string }[];
    const shown = columns.map(
      ({ name }) => `typeof(${name}) || ' ' || CASE typeof(${name}) WHEN 'real' THEN printf('%!.20g', ${name})
        ELSE coalesce(CAST(CAST(${name} AS BLOB) AS TEXT), '') END AS ${name}`,
    );
    const rows = database
      .prepare(`SELECT CAST(id AS TEXT) AS "=", ${shown.join(', ')} FROM ${table} ORDER BY id`)
      .all();
    return new Map(
      (rows as Record<string, unknown>[]).map(({ '=': key, ...row }) => [String(key), row as Record<string, string>]),
    );
  } finally {
    database.close();
  }
}

/** The cells that are not the same, as `key column`; rows of one side only as `key`. */
export function unequalCells(
  left: ReadonlyMap<string, Record<string, string>>,
  right: ReadonlyMap<string, Record<string, string>>,
): string[] {
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const [one, other] = [left.get(key), right.get(key)];
    if (!one || !other) return [key];
    return Object.keys(one).flatMap((column) => (one[column] === other[column] ? [] : [`${key} ${column}`]));
  });
}

/** The only row of a table: each column as its storage class and its text. */
export function shownRow(file: string, table: string): Record<string, string> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(table) as { name: string }[];
    const shown = columns.map(
      ({ name }) => `trim(typeof(${name}) || ' ' || CASE typeof(${name}) WHEN 'real' THEN printf('%!.17g', ${name})
        ELSE coalesce(CAST(CAST(${name} AS BLOB) AS TEXT), '') END, CASE WHEN ${name} IS NULL THEN ' ' ELSE '' END) AS ${name}`,
    );
    return { ...(database.prepare(`SELECT ${shown.join(', ')} FROM ${table}`).get() as Record<string, string>) };
  } finally {
    database.close();
  }
}
