import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FileFamily } from '@sluice/legacy';
import {
  connectedClient,
  freshDatabase,
  LegacyCalls,
  tempDir,
  type FreshDatabase,
  type TempDir,
} from '@sluice/testing';
import type { Client } from 'pg';
import { changeModes, type Domain, type Mode } from '../domains';
import { decimal, integer, nullable, text, timestamp } from '../mapping/conversion';
import { familyTable, legacyTable, postgresTable } from '../mapping/legacy-table';
import type { SourceSearch } from '../inspect';
import { createBackup, type CreateOptions, type TakenBackup } from './create-backup';

const migrationsDir = path.resolve(__dirname, '../../../../../prisma/migrations');

const costs = legacyTable({
  source: { file: 'cache/costs.db', table: 'llm_requests', key: 'id' },
  target: postgresTable('llm_requests'),
  columns: {
    id: integer,
    model: text,
    tokens_input: nullable(integer),
    tokens_output: nullable(integer),
    cost_usd: nullable(decimal({ precision: 20, scale: 8 })),
    created_at: nullable(timestamp({ zone: 'UTC' })),
  },
});
const notes: FileFamily = {
  folder: 'cache/notes',
  pattern: '<name>.json',
  version: 1,
  owns: (name) => name.endsWith('.json'),
  grows: false,
  isWhole: (bytes) => bytes.at(-1) === '}'.charCodeAt(0),
  reader: () => () => [],
  checker: () => () => [],
};
const noteFiles = familyTable('notes', notes, {
  target: { kind: 'cache', cache: 'notes', entry: () => ({ skip: 'a test' }) },
  columns: { name: text },
});

/** A database with the whole schema and a domain in it, and a legacy folder with a SQLite file and a JSON file. */
export class BackupBench {
  readonly domain: Domain = { name: 'llm-costs', tables: [costs] };
  readonly saidItems: string[] = [];
  readonly stop = new AbortController();

  private constructor(
    readonly dir: TempDir,
    readonly database: FreshDatabase,
    readonly client: Client,
    readonly legacy: LegacyCalls,
  ) {}

  static async open(): Promise<BackupBench> {
    const [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
    const client = await connectedClient(database.url);
    mkdirSync(path.join(dir.path, 'legacy/cache/notes'), { recursive: true });
    const legacy = await LegacyCalls.open(path.join(dir.path, 'legacy/cache/costs.db'), 'delete');
    legacy.exec(`CREATE TABLE llm_requests (id INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, tokens_input INTEGER,
      tokens_output INTEGER, cost_usd REAL, created_at TIMESTAMP);
      INSERT INTO llm_requests (model) VALUES ('a'), ('b'), ('c')`);
    const bench = new BackupBench(dir, database, client, legacy);
    writeFileSync(bench.note, '{"a": 1}');
    chmodSync(bench.note, 0o640);
    await client.query(`INSERT INTO llm_requests (model, tokens_input, cost_usd, created_at) VALUES
      (E'tab\\tnew\\nline\\\\', 1, 0.10000001, '2026-01-09 14:28:23.933306+00'), ('ü', NULL, NULL, 'infinity'), ('', 0, -1, NULL)`);
    return bench;
  }

  async close(): Promise<void> {
    await this.client.end();
    await this.database.drop();
    await this.dir.remove();
  }

  get root(): string {
    return path.join(this.dir.path, 'legacy');
  }
  get file(): string {
    return path.join(this.root, 'cache/costs.db');
  }
  get note(): string {
    return path.join(this.root, 'cache/notes/a.json');
  }
  get backups(): string {
    return path.join(this.dir.path, 'backups');
  }
  get sources(): SourceSearch {
    return { root: this.root, tables: [costs, noteFiles] };
  }
  get options(): Omit<CreateOptions, 'kind'> {
    return {
      ...{ connectionString: this.database.url, holder: 'a test', version: '0', migrationsDir },
      ...{ dir: this.backups, sources: this.sources, signal: this.stop.signal },
      onEvent: ({ item }) => void this.saidItems.push(item),
    };
  }

  take(over: Partial<CreateOptions> = {}): Promise<TakenBackup> {
    return createBackup({ ...this.options, kind: 'backup', ...over });
  }

  async mode(...modes: readonly Mode[]): Promise<void> {
    let from: Mode | null = null;
    for (const to of modes) {
      await changeModes(this.client, [{ domain: this.domain, from, to, actor: 'a test', reason: 'a test' }]);
      from = to;
    }
  }

  async rows(sql: string, client: Client = this.client): Promise<unknown[][]> {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
  }

  /** All files below a folder, with their modes. */
  filesIn(folder: string): string[] {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(path.join(folder, name)).isFile())
      .sort()
      .map((name) => `${name} ${(statSync(path.join(folder, name)).mode & 0o777).toString(8)}`);
  }

  /** Changes one byte in the middle of a file. */
  spoil(file: string): void {
    const bytes = readFileSync(file);
    const at = bytes.length >> 1;
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(file, bytes);
  }
}
