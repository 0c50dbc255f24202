import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { memoryDir, run, until, type TempDir } from '@sluice/testing';
import { LegacyFiles } from './legacy-files';
import { LegacyRecommendations } from './legacy-recommendations';
import { LegacyRuns } from './legacy-runs';

/** A connection for each write, as the legacy program; it waits for a second at most. */
const program = String.raw`
const { DatabaseSync } = require('@photostructure/sqlite');
const end = Date.now() + 1500;
let writes = 0;
while (Date.now() < end) {
  const db = new DatabaseSync(process.argv[1], { timeout: 1000 });
  db.exec('INSERT INTO written VALUES (1)');
  db.close();
  if (writes++ === 0) process.stdout.write('begun');
}`;

/** Each took seconds, in which its transaction was open and nothing else of the process went on. */
const reads = [
  {
    what: 'all results of one mode',
    file: 'cache/ai_recommendations.db',
    schema: `CREATE TABLE ai_recommendations (id INTEGER PRIMARY KEY, mode TEXT, pnl_pct REAL, evaluated INTEGER, generated_at_utc TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO ai_recommendations SELECT i, 'Swing', 1, 1, '2026-01-09T10:00:00Z' FROM n`,
    read: async (files: LegacyFiles) => (await new LegacyRecommendations(files).totalsByMode('2026-01-01T00:00:00Z'))[0]?.trades, // prettier-ignore
    found: 20_000,
  },
  {
    what: 'a payload that is cut off within a text',
    file: 'cache/top_picks_runs.db',
    schema: `CREATE TABLE top_picks_runs (id INTEGER PRIMARY KEY, run_id TEXT, universe TEXT, mode TEXT, generated_at_utc TEXT,
        trigger TEXT, total_analyzed INTEGER, filtered_count INTEGER, picks_count INTEGER, elapsed_sec REAL, payload TEXT);
      INSERT INTO top_picks_runs (run_id, payload) VALUES ('a', '{"a": "${'\\"'.repeat(30_000)}')`,
    read: (files: LegacyFiles) => new LegacyRuns(files).find('a'),
    found: null,
  },
];

describe('reading beside the legacy program', () => {
  let dir: TempDir;
  beforeEach(async () => {
    dir = await memoryDir();
    await mkdir(join(dir.path, 'cache'));
  });
  afterEach(() => dir.remove());

  it.each(reads)('never makes it see a locked file: $what', async ({ file, schema, read, found }) => {
    const path = join(dir.path, file);
    const database = new DatabaseSync(path);
    database.exec(`${schema}; CREATE TABLE written (n)`);
    database.close();
    const files = new LegacyFiles(dir.path);
    let said = '';
    const writer = run(process.execPath, ['-e', program, path], { cwd: __dirname, onOutput: (text) => (said = text) });
    await until(() => said === 'begun');
    expect(await read(files)).toEqual(found);
    await files.close();
    const { code, stderr } = await writer;
    expect([code, stderr.includes('database is locked')]).toEqual([0, false]);
  });
});
