import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { legacySchema, type LegacyFile } from './legacy-schema';
import { plantHazards, type PlantedHazard } from './planted-hazards';
import { writeContext, writeLevels, writeLlmRequests } from './sample-context';
import { SampleDirNotEmptyError } from './sample.errors';
import { SampleFiles } from './sample-files';
import { planRows, RunPlan, sampleTables, type SampleTable } from './sample-plan';
import { pickEvents, writePicks } from './sample-picks';
import { writeRecommendations, writeRuns } from './sample-runs';

export interface SampleOptions {
  readonly dir: string;
  /** A whole number; the same seed, size and `nowMs` give byte-equal files. */
  readonly seed: number;
  /** Over all tables, about; 20,000 by default. */
  readonly rows?: number;
  /** Exact counts by table, instead of the table's share of `rows`. Events and outcomes cannot be more than priced picks. */
  readonly tables?: Partial<Record<SampleTable, number>>;
  /** Plants what real files hold now and then: NaN in JSON, NUL in a text, an orphan outcome, `exit_time_utc` "soon"... */
  readonly hazards: boolean;
  /** The instant that everything ends at; 2026-01-14T10:00:00Z by default. Cache entries live or are expired relative to it. */
  readonly nowMs?: number;
  /** Puts `ai_recommendations` into `backend/cache/ai_recommendations.db`, as where the process ran from another folder. */
  readonly secondPlace?: boolean;
  /** The JSON files beside the databases; true by default. */
  readonly files?: boolean;
  /** Replaces what an earlier sample wrote to the folder. */
  readonly force?: boolean;
  readonly onProgress?: (rows: number, total: number) => void;
}

export interface SampleSummary {
  readonly dir: string;
  readonly tables: Readonly<Record<SampleTable, number>>;
  readonly rows: number;
  /** Relative to `dir`: the databases, then the other files. */
  readonly files: readonly string[];
  readonly hazards: readonly PlantedHazard[];
}

export const sampleNowMs = Date.UTC(2026, 0, 14, 10, 0, 0);

/** What a sample writes below its folder, and all that `force` removes. */
const folders = ['cache', 'data', '.cache', 'backend'];

const recommendationsFile = 'cache/ai_recommendations.db';

/**
 * Writes a legacy tree in the exact shapes of systems A to J: databases with the legacy schema and AUTOINCREMENT marks, and
 * the JSON files. Throws `SAMPLE_DIR_NOT_EMPTY` rather than write into a folder that holds something.
 */
export function makeSampleTree(options: SampleOptions): SampleSummary {
  claimFolder(options);
  const nowUs = (options.nowMs ?? sampleNowMs) * 1000;
  const counts = planRows(options.rows ?? 20_000, options.tables ?? {});
  const plan = new RunPlan(options.seed, nowUs, counts.ai_recommendations, counts.top_picks_runs);
  const events = pickEvents(options.seed, nowUs, plan, counts.pick_events);
  const onRow = progress(
    options,
    Object.values(counts).reduce((sum, count) => sum + count, 0),
  );
  const databases = new SampleDatabases(options.dir, options.secondPlace ?? false);
  try {
    const { seed } = options;
    writeLlmRequests(databases.holding('llm_requests'), seed, nowUs, counts.llm_requests, onRow);
    writeRuns(databases.holding('top_picks_runs'), plan, onRow);
    writeLevels(databases.holding('support_resistance_levels'), seed, nowUs, counts.support_resistance_levels, onRow);
    writeRecommendations(databases.holding('ai_recommendations'), seed, nowUs, plan, onRow);
    writePicks(databases.holding('pick_events'), seed, nowUs, events, counts, onRow);
    writeContext(databases.holding('agent_analyses'), seed, nowUs, counts, onRow);
    databases.addIndexes();
    const hazards = options.hazards ? plantHazards((table) => databases.holding(table)) : [];
    const tables = databases.countRows();
    databases.commit();
    const others = new SampleFiles(options.dir, seed, nowUs, options.hazards);
    if (options.files ?? true) others.writeAll(plan, events);
    const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
    const files = [...databases.paths, ...others.written];
    return { dir: options.dir, tables, rows, files, hazards: [...hazards, ...others.planted] };
  } finally {
    databases.close();
  }
}

function claimFolder({ dir, force = false }: SampleOptions): void {
  if (force) for (const folder of folders) rmSync(join(dir, folder), { recursive: true, force: true });
  if (!force && existsSync(dir) && readdirSync(dir).length > 0) throw new SampleDirNotEmptyError(dir);
}

function progress({ onProgress }: SampleOptions, total: number): () => void {
  let rows = 0;
  return () => {
    rows += 1;
    if (onProgress && (rows % 5000 === 0 || rows === total)) onProgress(rows, total);
  };
}

/** The databases of the tree, each written in one transaction, and which of them holds a table. */
class SampleDatabases {
  private readonly open = new Map<string, DatabaseSyncInstance>();
  private readonly fileOf = new Map<string, string>();
  private readonly indexes = new Map<string, string[]>();

  constructor(dir: string, secondPlace: boolean) {
    for (const file of Object.keys(legacySchema) as LegacyFile[]) {
      for (const sql of legacySchema[file].tables) {
        const table = nameIn(sql, /^CREATE TABLE (\w+)/);
        const apart = secondPlace && table === 'ai_recommendations';
        this.place(dir, apart ? `backend/${recommendationsFile}` : file, table).exec(sql);
      }
      for (const sql of legacySchema[file].indexes) {
        const path = this.fileOf.get(nameIn(sql, / ON (\w+)/)) ?? file;
        this.indexes.set(path, [...(this.indexes.get(path) ?? []), sql]);
      }
    }
  }

  get paths(): string[] {
    return [...this.open.keys()];
  }

  holding(table: SampleTable): DatabaseSyncInstance {
    const database = this.open.get(this.fileOf.get(table) ?? '');
    if (!database) throw new RangeError(`The legacy schema has no table ${table}.`);
    return database;
  }

  /** After the rows: a large table is sorted once instead of a million times. */
  addIndexes(): void {
    for (const [path, statements] of this.indexes) for (const sql of statements) this.open.get(path)?.exec(sql);
  }

  countRows(): Record<SampleTable, number> {
    const counts = sampleTables.map((table) => {
      const row: unknown = this.holding(table).prepare(`SELECT count(*) AS rows FROM ${table}`).get();
      return [table, Number((row as { rows: number }).rows)] as const;
    });
    return Object.fromEntries(counts) as Record<SampleTable, number>;
  }

  commit(): void {
    for (const database of this.open.values()) database.exec('COMMIT');
  }

  close(): void {
    for (const database of this.open.values()) database.close();
  }

  private place(dir: string, path: string, table: string): DatabaseSyncInstance {
    this.fileOf.set(table, path);
    const existing = this.open.get(path);
    if (existing) return existing;
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    const database = new DatabaseSync(join(dir, path));
    this.open.set(path, database);
    database.exec('PRAGMA page_size = 4096; PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; BEGIN');
    return database;
  }
}

function nameIn(sql: string, pattern: RegExp): string {
  const name = pattern.exec(sql)?.[1];
  if (name === undefined) throw new SyntaxError(`No name in: ${sql.slice(0, 60)}`);
  return name;
}
