import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';

/** Writes a sound database of 200 rows, `llm_requests` in the legacy shape unless told otherwise. */
export function makeDatabase(file: string, options: { encoding?: 'UTF-16le' | 'UTF-16be'; ddl?: string } = {}): void {
  change(file, (database) => {
    if (options.encoding) database.exec(`PRAGMA encoding = '${options.encoding}'`);
    database.exec(options.ddl ?? legacyDdl);
    database.exec('BEGIN');
    const insert = database.prepare('INSERT INTO llm_requests (id, model, tokens_input, cost_usd) VALUES (?, ?, ?, ?)');
    for (let id = 1; id <= 200; id++) insert.run(id, `gpt-4-na\u00efve-${'x'.repeat(50)}`, id, id * 0.5);
    database.exec('COMMIT');
  });
}

const columns =
  'model TEXT NOT NULL, tokens_input INTEGER, tokens_output INTEGER, cost_usd REAL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP';
const legacyDdl = `CREATE TABLE llm_requests (id INTEGER PRIMARY KEY AUTOINCREMENT, ${columns})`;

/** Ways in which a database file is not what its mapping describes; each makes the file at the given path. */
export const fileHazards = {
  empty: (file: string) => writeFileSync(placed(file), ''),
  directory: (file: string) => mkdirSync(file, { recursive: true }),
  fifo: (file: string) => void execFileSync('mkfifo', [placed(file)]),
  notSqlite: (file: string) =>
    writeFileSync(placed(file), 'This is no database, whatever its name says.\n'.repeat(200)),
  truncated: (file: string) => {
    makeDatabase(file);
    truncateSync(file, statSync(file).size - 4096 - 100);
  },
  corruptPage: (file: string) => {
    makeDatabase(file);
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, Buffer.alloc(4096, 0xa5), 0, 4096, 3 * 4096);
    closeSync(descriptor);
  },
  utf16: (file: string) => makeDatabase(file, { encoding: 'UTF-16le' }),
  withoutRowid: (file: string) =>
    makeDatabase(file, { ddl: `CREATE TABLE llm_requests (id INTEGER PRIMARY KEY, ${columns}) WITHOUT ROWID` }),
  keyWithoutIndex: (file: string) => {
    makeDatabase(file, { ddl: `CREATE TABLE llm_requests (id INTEGER, ${columns})` });
    change(file, (database) => database.exec('UPDATE llm_requests SET id = 7 WHERE id = 8'));
  },
  extraColumn: (file: string) => altered(file, 'ALTER TABLE llm_requests ADD COLUMN provider TEXT'),
  missingColumn: (file: string) => altered(file, 'ALTER TABLE llm_requests DROP COLUMN tokens_output'),
  extraTable: (file: string) => altered(file, 'CREATE TABLE surprise (id INTEGER PRIMARY KEY)'),
  view: (file: string) => altered(file, 'CREATE VIEW spend AS SELECT sum(cost_usd) AS spent FROM llm_requests'),
  tableAsView: (file: string) =>
    altered(file, 'ALTER TABLE llm_requests RENAME TO calls; CREATE VIEW llm_requests AS SELECT * FROM calls'),
  trigger: (file: string) => altered(file, 'CREATE TRIGGER watch AFTER INSERT ON llm_requests BEGIN SELECT 1; END'),
  virtualTable: (file: string) => altered(file, 'CREATE VIRTUAL TABLE search USING fts5(model)'),
  generatedColumn: (file: string) =>
    makeDatabase(file, {
      ddl: legacyDdl.replace('tokens_output INTEGER', 'tokens_output INTEGER AS (tokens_input * 2)'),
    }),
} as const satisfies Record<string, (file: string) => void>;

/**
 * A database in WAL mode whose newest rows are only in its log: 200 rows in the file, 50 more in the log. The returned
 * function ends the writer that keeps the log from being checkpointed.
 */
export function makeUncheckpointed(file: string): () => void {
  makeDatabase(file);
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
  for (let id = 201; id <= 250; id++)
    database.exec(`INSERT INTO llm_requests (id, model) VALUES (${id}, 'in the log')`);
  return () => database.close();
}

/** As in a file that an older release made: `policy_version` was added later and is the last column. */
export function movePolicyVersionLast(file: string): void {
  change(file, (database) =>
    database.exec(`
      ALTER TABLE ai_recommendations RENAME COLUMN policy_version TO old_version;
      ALTER TABLE ai_recommendations ADD COLUMN policy_version TEXT;
      UPDATE ai_recommendations SET policy_version = old_version;
      ALTER TABLE ai_recommendations DROP COLUMN old_version`),
  );
}

function altered(file: string, sql: string): void {
  makeDatabase(file);
  change(file, (database) => database.exec(sql));
}

function change(file: string, work: (database: DatabaseSyncInstance) => void): void {
  const database = new DatabaseSync(placed(file));
  try {
    work(database);
  } finally {
    database.close();
  }
}

function placed(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  return file;
}
