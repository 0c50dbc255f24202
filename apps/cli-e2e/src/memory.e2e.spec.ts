import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluiceJson, type Report } from './sluice';

/** What the main job may take at its peak, whatever the size of the files and whatever their rows are. */
const MOST_MIB = 160;
const ROWS = 24_000;
/** Some more than those that lie together. */
const DENSE_ROWS = 13_000;

let dir: TempDir;
let database: FreshDatabase;

beforeAll(async () => {
  dir = await tempDir();
  // The first run after a change compiles what changed in its own process, and would be measured with the compiler.
  const legacy = path.join(dir.path, 'first');
  makeSampleTree({ dir: legacy, seed: 3, rows: 200, hazards: true, files: false });
  const first = await freshDatabase();
  for (const command of ['migrate', 'verify']) await sluiceJson([command], { database: first.url, legacy });
  await first.drop();
});
afterAll(() => dir.remove());
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

/** A tree of rows of one table, changed by SQL. */
function legacyOf(name: string, table: 'llm_requests' | 'ai_recommendations', rows: number, change?: string): string {
  const legacy = path.join(dir.path, name);
  makeSampleTree({ dir: legacy, seed: 3, rows: 0, tables: { [table]: rows }, hazards: false, files: false });
  if (change) {
    const file = new DatabaseSync(path.join(legacy, `cache/${table === 'llm_requests' ? 'llm_costs' : table}.db`));
    file.exec(change);
    file.close();
  }
  return legacy;
}

/** Migrates and verifies in processes of their own; the greater of their peaks. */
async function peakMib(legacy: string, expected: number, args: readonly string[] = []): Promise<number> {
  const options = { database: database.url, legacy, deadlineMs: 240_000 };
  const runs = [await sluiceJson<Report>(['migrate', ...args], options), await sluiceJson<Report>(['verify'], options)];
  expect(runs.map(({ code }) => code)).toEqual([expected, expected]);
  return Math.max(...runs.map(({ document }) => document.peakMemoryBytes)) / 2 ** 20;
}

it('stays small when every row is relabelled and its original kept', async () => {
  const legacy = legacyOf('relabelled', 'ai_recommendations', ROWS);
  expect(await peakMib(legacy, 0, ['--choose', 'ai_recommendations.generated_at_utc=all'])).toBeLessThan(MOST_MIB);
}, 300_000);

it('stays small when every row goes to quarantine', async () => {
  const legacy = legacyOf(
    'quarantined',
    'ai_recommendations',
    ROWS,
    `UPDATE ai_recommendations SET entry_price = 'abc'`,
  );
  expect(await peakMib(legacy, 4)).toBeLessThan(MOST_MIB);
}, 300_000);

it('stays small when the fast lane leaves out every row', async () => {
  const legacy = legacyOf('odd', 'llm_requests', 100_000, `UPDATE llm_requests SET created_at = 1763596800 + id`);
  expect(await peakMib(legacy, 0)).toBeLessThan(MOST_MIB);
}, 300_000);

/** SQL that gives some rows a JSON of so many bytes. */
const longJson = (bytes: number, where: string): string =>
  `UPDATE ai_recommendations SET features_json =
    '{"a": "' || replace(hex(zeroblob(${bytes / 20})), '0', 'abcdefghij') || '"}' WHERE ${where}`;

it('stays small when some rows are of megabytes', async () => {
  const change = longJson(8_000_000, 'id % 50 = 3');
  expect(await peakMib(legacyOf('long', 'ai_recommendations', 300, change), 0)).toBeLessThan(MOST_MIB);
}, 300_000);

it('takes no more than five times its bytes for one row that is large by itself', async () => {
  const legacy = legacyOf('huge', 'ai_recommendations', 100, longJson(30_000_000, 'id = 50'));
  expect(await peakMib(legacy, 0)).toBeLessThan(120 + (5 * 30_000_000) / 2 ** 20);
}, 300_000);

// Neither a count of rows nor their average tells of rows that lie together: without a bound on their bytes these took
// 480 and 880 MiB.
it.each([
  { lane: 'auto', bytes: 200_000, last: 12_600 },
  { lane: 'sql', bytes: 800_000, last: 12_150 },
])(
  'stays small when rows of $bytes bytes lie close together (lane $lane)',
  async ({ lane, bytes, last }) => {
    const legacy = legacyOf(
      `dense-${lane}-${bytes}`,
      'ai_recommendations',
      DENSE_ROWS,
      longJson(bytes, `id BETWEEN 12000 AND ${last}`),
    );
    expect(await peakMib(legacy, 0, ['--lane', lane])).toBeLessThan(MOST_MIB);
  },
  300_000,
);
