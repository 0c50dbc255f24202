import path from 'node:path';
import { openCacheStore, type CacheStore } from '@sluice/cache';
import { installLog, type InstalledLog } from '@sluice/legacy';
import {
  connectedClient,
  freshDatabase,
  freshRedis,
  LegacyCalls,
  tempDir,
  until,
  type FreshDatabase,
  type FreshRedis,
  type TempDir,
} from '@sluice/testing';
import type { Client } from 'pg';
import { decimal, float, integer, json, nullable, text, timestamp } from '../mapping/conversion';
import { legacyTable, postgresTable, type LegacyTable } from '../mapping/legacy-table';
import { moveDomains } from '../domains/domain-ids';
import type { Domain, Mode } from '../domains/domain';
import { migrationDefaults, type MigrationOptions } from '../run/migration-options';
import type { MigrationReport } from '../run/migration-report';
import { runMigration } from '../run/run-migration';
import type { FollowOptions } from './follow-options';
import type { FollowState } from './follow-state';
import { writeBack } from '../write-back/write-back';
import { follow } from './run-follow';

const file = 'legacy.db';

export const runs = legacyTable({
  source: { file, table: 'runs', key: 'id' },
  target: postgresTable('runs'),
  columns: {
    id: integer,
    name: nullable(text),
    made_at: timestamp({ zone: 'UTC' }),
    ratio: nullable(float),
    cost: nullable(decimal({ precision: 20, scale: 8 })),
    payload: nullable(json()),
  },
  retention: { column: 'made_at', days: 90 },
});
export const picks = legacyTable({
  source: { file, table: 'picks', key: 'id' },
  target: postgresTable('picks'),
  columns: { id: integer, uuid: text, note: nullable(text) },
});
export const outcomes = legacyTable({
  source: { file, table: 'outcomes', key: 'id' },
  target: postgresTable('outcomes'),
  columns: { id: integer, uuid: text, label: nullable(text) },
  after: ['picks'],
  references: [{ column: 'uuid', table: 'picks', parentColumn: 'uuid' }],
});
export const levels = legacyTable({
  source: { file, table: 'levels', key: 'rowid' },
  target: {
    kind: 'cache',
    cache: 'levels',
    entry: (row) => ({ key: `levels:${String(row['symbol'])}`, value: String(row['p']), ttlMs: 86_400_000 }),
  },
  columns: { rowid: integer, symbol: text, p: float },
});
export const memory = legacyTable({
  source: { file, table: 'memory', key: 'id' },
  target: {
    kind: 'cache',
    cache: 'memory',
    entry: (row) => ({ key: `memory:${String(row['name'])}`, value: String(row['value']), ttlMs: 86_400_000 }),
  },
  columns: { id: integer, name: text, value: text },
});

export const allTables: readonly LegacyTable[] = [runs, picks, outcomes, levels, memory];

export const legacySchema = `
  CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, made_at TIMESTAMP NOT NULL, ratio REAL, cost REAL, payload TEXT);
  CREATE TABLE picks (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, note TEXT);
  CREATE TABLE outcomes (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL, label TEXT);
  CREATE TABLE levels (symbol TEXT NOT NULL PRIMARY KEY, p REAL);
  CREATE TABLE memory (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, value TEXT);`;
const targetSchema = `
  CREATE TABLE runs (id bigserial PRIMARY KEY, name text, made_at timestamptz(6) NOT NULL, ratio float8, cost numeric(20, 8), payload jsonb);
  CREATE TABLE picks (id bigserial PRIMARY KEY, uuid text NOT NULL UNIQUE, note text);
  CREATE TABLE outcomes (id bigserial PRIMARY KEY, uuid text NOT NULL REFERENCES picks (uuid) ON UPDATE CASCADE ON DELETE RESTRICT, label text);`;

const domain: Domain = { name: 'all', tables: [runs, picks, outcomes] };
const writeBacks = [writeBack(runs, { times: { made_at: 'sqlite' } }), writeBack(picks), writeBack(outcomes)];

/** A legacy file with a table of each kind, a target for it, and the commands. */
export class FollowBench {
  readonly notes: string[] = [];
  /** What ended a follower that was started. */
  private failure: unknown;

  private constructor(
    private readonly dir: TempDir,
    readonly database: FreshDatabase,
    private readonly redis: FreshRedis,
    readonly store: CacheStore,
    private current: Client,
    readonly legacy: LegacyCalls,
  ) {}

  /** In a database of the run's server unless one of the test's own is given. */
  static async open(journal: 'delete' | 'wal' = 'delete', own?: FreshDatabase): Promise<FollowBench> {
    const [dir, database, redis] = await Promise.all([tempDir(), own ?? freshDatabase(), freshRedis()]);
    const client = await connectedClient(database.url);
    await client.query(targetSchema);
    const legacy = await LegacyCalls.open(path.join(dir.path, file), journal);
    legacy.exec(legacySchema);
    return new FollowBench(dir, database, redis, await openCacheStore(redis.url), client, legacy);
  }

  get client(): Client {
    return this.current;
  }

  /** After the server was away. */
  async reconnect(): Promise<void> {
    this.current = await connectedClient(this.database.url);
  }

  get root(): string {
    return this.dir.path;
  }

  get file(): string {
    return path.join(this.dir.path, file);
  }

  async close(): Promise<void> {
    await this.legacy.close();
    await Promise.all([this.store.close(), this.client.end(), this.redis.flush()]);
    await Promise.all([this.database.drop(), this.dir.remove()]);
  }

  install(tables: readonly LegacyTable[] = allTables): Promise<InstalledLog> {
    return installLog(this.file, tables.map(({ source }) => ({ table: source.table, key: source.key }))); // prettier-ignore
  }

  private get common() {
    return {
      ...migrationDefaults,
      ...{ root: this.dir.path, tables: allTables, known: allTables, connectionString: this.database.url },
      ...{ holder: 'a test', version: 'test', cache: this.store, signal: new AbortController().signal },
    };
  }

  migrate(
    command: 'migrate' | 'verify' = 'migrate',
    over: Partial<Pick<MigrationOptions, 'restart' | 'tables' | 'known' | 'root' | 'cache'>> = {},
  ): Promise<MigrationReport> {
    return runMigration(command, { ...this.common, ...over });
  }

  follow(over: Partial<FollowOptions> = {}): Promise<FollowState[]> {
    return follow({
      ...this.common,
      ...{ history: { keep: 'retention' }, once: true, recheck: false },
      writeBacks,
      onEvent: (event) => void (event.type === 'note' && this.notes.push(event.text)),
      ...over,
    });
  }

  /** Installed, copied, equal: what following begins with. */
  async ready(rows: string): Promise<void> {
    this.legacy.exec(rows);
    await this.install();
    await this.migrate();
  }

  /** Brings the domain of all tables of PostgreSQL from its mode to another. */
  async move(to: Mode): Promise<void> {
    const [[from] = []] = await this.rows('SELECT mode FROM migration_domains');
    await moveDomains(
      this.client,
      [{ domain, from: (from as Mode | undefined) ?? null, to, actor: 'a test', reason: '-' }],
      () => this.file,
    );
  }

  /** What the file holds, as SQL gives it. */
  inFile(sql: string): unknown[][] {
    return this.legacy.rows(sql);
  }

  /** Applies what is logged; gives the differences that a full comparison finds afterwards. */
  async differences(over: Partial<FollowOptions> = {}): Promise<string[]> {
    await this.follow(over);
    const report = await this.migrate('verify');
    return report.tables.flatMap(({ table, verification, totals, nextId }) => [
      ...(verification?.found ?? []).map(({ kind, rowKey, column }) => `${table} ${rowKey} ${column ?? '-'} ${kind}`),
      ...totals.filter(({ equal }) => !equal).map(({ column }) => `${table}: the sums of ${column}`),
      ...(nextId?.unused === false ? [`${table}: the next id was used before`] : []),
    ]);
  }

  async rows(sql: string): Promise<unknown[][]> {
    return (await this.client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
  }

  quarantine(): Promise<unknown[][]> {
    return this.rows(
      `SELECT table_name, row_key, reason_code FROM migration_quarantine WHERE replayed_at IS NULL ORDER BY table_name, row_key`,
    );
  }

  /** Follows until `stop`; what ends it sooner is its error. */
  start(over: Partial<FollowOptions> = {}): { readonly ended: Promise<FollowState[]>; readonly stop: () => void } {
    const aborted = new AbortController();
    const ended = this.follow({ ...over, once: false, signal: aborted.signal });
    ended.catch((error: unknown) => (this.failure = error)); // Whoever awaits it hears of it.
    return { ended, stop: () => aborted.abort() };
  }

  /** Asks again and again until it is so; in vain, it tells what the follower told. */
  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    await until(isSo, { known: () => ({ notes: this.notes, ended: this.failure }) });
  }

  /** A row that is written now and has arrived. */
  async arrives(name: string): Promise<void> {
    this.legacy.run("INSERT INTO runs (name, made_at) VALUES (?, '2026-11-01 00:00:00')", name);
    await this.until(async () => (await this.rows(`SELECT 1 FROM runs WHERE name = '${name}'`)).length === 1);
  }

  states(): Promise<unknown[][]> {
    return this.rows('SELECT DISTINCT state, reason FROM migration_follow');
  }
}
