import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { memoryDir, type TempDir } from '@sluice/testing';
import { LegacyFile, type LegacyFileOptions } from './legacy-file';
import { LegacyTableWriter, type TableWriterOptions } from './legacy-table-writer';
import { runs, runsSchema } from './runs.fixture';

/** A folder with a legacy file in it, and what writes to it. */
export class WriterBench {
  private constructor(private readonly dir: TempDir) {}

  static async open(journal: 'delete' | 'wal' | null = 'delete', schema = runsSchema): Promise<WriterBench> {
    const bench = new WriterBench(await memoryDir());
    if (journal) bench.sql([`PRAGMA journal_mode = ${journal}`, ...schema].join(';'));
    return bench;
  }

  get file(): string {
    return path.join(this.dir.path, 'legacy.db');
  }

  close(): Promise<void> {
    return this.dir.remove();
  }

  writer(over: { file?: LegacyFileOptions; table?: Partial<TableWriterOptions> } = {}): LegacyTableWriter {
    return new LegacyTableWriter(new LegacyFile(this.file, over.file), runs, { choices: {}, ...over.table });
  }

  /** As the legacy program: a connection of its own, for these statements. */
  sql(statements: string): void {
    const database = new DatabaseSync(this.file, { timeout: 5000 });
    try {
      database.exec(statements);
    } finally {
      database.close();
    }
  }

  /** As the legacy program: may roll back what a killed writer has left half done, so not opened for reading only. */
  rows(query: string): unknown[][] {
    const database = new DatabaseSync(this.file, { timeout: 5000 });
    try {
      const statement = database.prepare(query);
      statement.setReturnArrays(true);
      return statement.all() as unknown as unknown[][];
    } finally {
      database.close();
    }
  }

  /** All that lies in the table, as SQL literals. */
  content(): string[] {
    return this.rows(
      `SELECT concat_ws(', ', id, quote(name), quote(note), quote(made_at), quote(ratio), quote(cost), quote(payload)) FROM runs ORDER BY id`,
    ).map(([row]) => String(row));
  }
}
