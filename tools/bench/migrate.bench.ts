import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '@sluice/servers';
import { makeSampleTree } from '@sluice/trading-legacy';
import { isInstalled, measure, median, type Measured } from './measure';

const root = path.resolve(__dirname, '../..');
const sluice = `${process.execPath} ${path.join(root, 'apps/cli/bin/sluice.cjs')}`;

interface Shape {
  readonly table: string;
  readonly file: string;
  readonly rows: number;
}

interface Case {
  readonly name: string;
  /** The programs that it needs. */
  readonly needs: readonly string[];
  readonly run: (shape: Shape, url: string) => Promise<Measured>;
}

interface Result {
  readonly table: string;
  readonly case: string;
  readonly runsMs: number[];
  readonly peaks: number[];
}

/**
 * Our copy against pgloader, `psql \copy` of a ready file and `sqlite3 -csv | psql \copy`: the same generated files, the
 * same typed tables with their primary key and without other indexes, a fresh database and a checkpoint before each run,
 * the cases in turn in every round. Ours counts from the start of the process to the event that says the table is copied,
 * with conversion, checks, quarantine and checkpoints; then the same run's verification against a naive comparison.
 */
export default async function benchMigrate(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      llm: { type: 'string', default: '2000000' },
      recommendations: { type: 'string', default: '300000' },
      out: { type: 'string', default: path.join(root, 'tmp/bench-migrate.json') },
      server: { type: 'string' },
    },
  });
  const dir = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  const shapes: Shape[] = [
    { table: 'llm_requests', file: 'cache/llm_costs.db', rows: Number(values.llm) },
    { table: 'ai_recommendations', file: 'cache/ai_recommendations.db', rows: Number(values.recommendations) },
  ];
  const server = values.server === undefined ? await ownServer(dir) : await namedServer(values.server);
  try {
    say(`PostgreSQL ${await versionOf(server.url)}`);
    say(`data: ${shapes.map(({ table, rows }) => `${rows} ${table}`).join(', ')}`);
    const legacy = path.join(dir, 'legacy');
    makeSampleTree({
      dir: legacy, seed: 1, rows: 0, hazards: false, files: false,
      tables: Object.fromEntries(shapes.map(({ table, rows }) => [table, rows])),
    }); // prettier-ignore
    await measure(`${sluice} db migrate`, { env: { DATABASE_URL: server.url } });
    await dropSecondaryIndexes(server.url);
    const bench = new MigrateBench(dir, legacy, server.url);
    await bench.prepare(shapes);
    for (let round = 1; round <= Number(values.rounds); round++) await bench.round(round, shapes);
    const summary = bench.summary(shapes, Number(values.rounds));
    mkdirSync(path.dirname(values.out), { recursive: true });
    writeFileSync(values.out, `${JSON.stringify(summary, null, 2)}\n`);
    say(`written to ${path.relative(process.cwd(), values.out)}`);
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Server {
  /** Of the database that the others are copies of. */
  readonly url: string;
  stop(): Promise<void>;
}

const TEMPLATE = 'sluice_bench_template';
const TARGET = 'sluice_bench';

const ownServer = (dir: string): Promise<Server> =>
  startEmbeddedPostgres({
    dataDir: path.join(dir, 'postgres'),
    database: TEMPLATE,
    auth: 'trust',
    settings: { max_wal_size: '8GB', checkpoint_timeout: '30min', autovacuum: 'off' },
  });

/** A server of the reader's, by a superuser's address; it is left as it was. Throws where a run is under way there. */
async function namedServer(url: string): Promise<Server> {
  await administer(url, [`CREATE DATABASE ${TEMPLATE}`]);
  return {
    url: withDatabase(url, TEMPLATE),
    stop: () =>
      administer(
        url,
        [TARGET, TEMPLATE].map((name) => `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      ),
  };
}

async function administer(url: string, statements: readonly string[]): Promise<void> {
  const admin = new Client({ connectionString: withDatabase(url, 'postgres') });
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}

async function versionOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return rows[0]?.server_version ?? '';
}

class MigrateBench {
  private readonly results: Result[] = [];
  private readonly missing = new Map<string, string>();

  constructor(
    private readonly dir: string,
    private readonly legacy: string,
    private readonly templateUrl: string,
  ) {}

  async prepare(shapes: readonly Shape[]): Promise<void> {
    for (const program of ['pgloader', 'psql', 'sqlite3']) {
      if (!(await isInstalled(program))) this.missing.set(program, 'not installed');
    }
    if (this.missing.has('sqlite3')) return;
    for (const shape of shapes) {
      await measure(`sqlite3 -csv ${this.source(shape)} 'SELECT * FROM ${shape.table}' > ${this.csv(shape)}`);
    }
  }

  async round(round: number, shapes: readonly Shape[]): Promise<void> {
    for (const shape of shapes) {
      for (const { name, needs, run } of this.cases()) {
        if (needs.some((program) => this.missing.has(program))) continue;
        const url = await this.freshDatabase();
        const measured = await run(shape, url);
        this.add(shape.table, name, measured.wallMs, measured.peakBytes);
        say(`round ${round} ${shape.table} ${name}: ${(measured.wallMs / 1000).toFixed(2)} s`);
        if (name === 'sluice') await this.verification(round, shape, url, measured);
      }
    }
  }

  summary(shapes: readonly Shape[], rounds: number): unknown {
    const tables = shapes.map(({ table, rows }) => {
      const of = (name: string): number | null => {
        const found = this.results.find((result) => result.table === table && result.case === name);
        return found ? median(found.runsMs) : null;
      };
      const ratio = (peer: string, ours: string): number | null => {
        const [a, b] = [of(peer), of(ours)];
        return a === null || b === null ? null : Number((a / b).toFixed(2));
      };
      const ratios = {
        'sluice, times as fast as pgloader': ratio('pgloader', 'sluice'),
        'sluice, times as fast as psql copy': ratio('psql copy', 'sluice'),
        'sluice --lane sql, times as fast as pgloader': ratio('pgloader', 'sluice sql'),
        'verify, times as fast as naive': ratio('naive compare', 'verify'),
      };
      return { table, rows, ratios };
    });
    for (const { table, rows, ratios } of tables) {
      say(`\n${table}, ${rows} rows, medians of ${rounds}:`);
      for (const { case: name, runsMs, peaks } of this.results.filter((result) => result.table === table)) {
        const peak = peaks.length > 0 ? `${Math.round(Math.max(...peaks) / 2 ** 20)} MiB peak` : '';
        const ms = median(runsMs);
        say(
          `  ${name.padEnd(24)} ${(ms / 1000).toFixed(2).padStart(7)} s ${Math.round(rows / ms)
            .toString()
            .padStart(6)} krows/s  ${peak}`,
        );
      }
      for (const [name, value] of Object.entries(ratios)) say(`  ${name}: ${value ?? 'not measured'}`);
    }
    for (const [program, why] of this.missing) say(`${program}: not measured, ${why}`);
    const machine = { cpus: cpus().length, model: cpus()[0]?.model, memoryBytes: totalmem(), node: process.version };
    return { machine, rounds, tables, results: this.results, notMeasured: Object.fromEntries(this.missing) };
  }

  private cases(): Case[] {
    const target = (url: string): string => `psql -q -v ON_ERROR_STOP=1 '${url}'`;
    return [
      { name: 'pgloader', needs: ['pgloader'], run: (shape, url) => this.pgloader(shape, url) },
      {
        name: 'psql copy',
        needs: ['psql', 'sqlite3'],
        run: (shape, url) => measure(timed(`${target(url)} -c "\\copy ${shape.table} FROM '${this.csv(shape)}' CSV"`)),
      },
      {
        name: 'sqlite3 | psql copy',
        needs: ['psql', 'sqlite3'],
        run: (shape, url) =>
          measure(
            `sqlite3 -csv ${this.source(shape)} 'SELECT * FROM ${shape.table}' | ${target(url)} -c "\\copy ${shape.table} FROM STDIN CSV"`,
          ),
      },
      { name: 'sluice', needs: [], run: (shape, url) => this.sluice(shape, url, 'auto') },
      { name: 'sluice sql', needs: [], run: (shape, url) => this.sluice(shape, url, 'sql') },
    ];
  }

  private sluice(shape: Shape, url: string, lane: string): Promise<Measured> {
    const options = `--legacy ${this.legacy} --only ${shape.table} --offline --lane ${lane} --json --progress json`;
    const until = /"type":"table","phase":"copy"/;
    return measure(timed(`${sluice} migrate ${options}`), { until, env: { DATABASE_URL: url, REDIS_URL: '' } });
  }

  private async pgloader(shape: Shape, url: string): Promise<Measured> {
    const file = path.join(this.dir, `${shape.table}.load`);
    writeFileSync(
      file,
      `LOAD DATABASE FROM sqlite://${this.source(shape)} INTO ${url}
       WITH data only, include no drop, workers = 2, concurrency = 1, prefetch rows = 10000
       INCLUDING ONLY TABLE NAMES LIKE '${shape.table}';`,
    );
    return measure(timed(`pgloader --quiet ${file}`));
  }

  /** The verification that the same run made, and the naive one on the same database. */
  private async verification(round: number, shape: Shape, url: string, run: Measured): Promise<void> {
    const report = JSON.parse(run.stdout) as {
      tables: { verifyMs: number; verification: { clean: boolean } | null }[];
    };
    const [table] = report.tables;
    if (!table?.verification?.clean) throw new Error(`${shape.table} did not verify.`);
    this.add(shape.table, 'verify', table.verifyMs, null);
    const naive = `${process.execPath} -r ${path.join(root, 'tools/swc-register.cjs')} ${path.join(__dirname, 'naive-compare.ts')}`;
    const measured = await measure(timed(`${naive} ${this.source(shape)} '${url}' ${shape.table}`));
    this.add(shape.table, 'naive compare', measured.wallMs, measured.peakBytes);
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
    say(`round ${round} ${shape.table} verify: ${seconds(table.verifyMs)}, naive ${seconds(measured.wallMs)}`);
  }

  private add(table: string, name: string, wallMs: number, peakBytes: number | null): void {
    let result = this.results.find((known) => known.table === table && known.case === name);
    if (!result) this.results.push((result = { table, case: name, runsMs: [], peaks: [] }));
    result.runsMs.push(Math.round(wallMs));
    if (peakBytes !== null) result.peaks.push(peakBytes);
  }

  private async freshDatabase(): Promise<string> {
    await administer(this.templateUrl, [
      `DROP DATABASE IF EXISTS ${TARGET} WITH (FORCE)`,
      `CREATE DATABASE ${TARGET} TEMPLATE ${TEMPLATE}`,
      'CHECKPOINT',
    ]);
    return withDatabase(this.templateUrl, TARGET);
  }

  private source(shape: Shape): string {
    return path.join(this.legacy, shape.file);
  }

  private csv(shape: Shape): string {
    return path.join(this.dir, `${shape.table}.csv`);
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.toString();
}

/** GNU time writes the peak of the largest process to standard error. */
const timed = (command: string): string => `/usr/bin/time -f PEAK_KB=%M ${command}`;

/** The peers load into tables with a primary key alone; so do we. */
async function dropSecondaryIndexes(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
      WHERE relname IN ('llm_requests', 'ai_recommendations') AND NOT indisprimary`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  await client.end();
}
