import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { makeSampleTree, type SampleSummary } from '@sluice/trading-legacy';
import { folderImprint } from './folder-imprint';
import { sluice, sluiceJson } from './sluice';
import { imprint } from './target';

interface Inspection {
  readonly root: string;
  readonly refused: boolean;
  readonly missing: readonly unknown[];
  readonly files: readonly {
    readonly file: string;
    readonly integrity: readonly string[];
    readonly drift: readonly string[];
    readonly tables: readonly {
      readonly table: string;
      readonly rows: number;
      readonly keys: { readonly greatest: string };
      readonly columns: readonly {
        readonly column: string;
        readonly hazards: readonly { readonly outcome: string; readonly keys: readonly string[] }[];
      }[];
      readonly labels: readonly {
        readonly column: string;
        readonly wrong: number;
        readonly right: number;
        readonly unproven: number;
        readonly aheadSeconds: { readonly min: number; readonly max: number } | null;
      }[];
    }[];
  }[];
}

let dir: TempDir;
let legacy: string;
let sample: SampleSummary;

beforeAll(async () => {
  dir = await tempDir();
  legacy = path.join(dir.path, 'legacy');
  sample = makeSampleTree({ dir: legacy, seed: 21, rows: 2_000, hazards: true, nowMs: Date.now() });
});
afterAll(() => dir.remove());

const tablesOf = ({ files }: Inspection) => files.flatMap(({ tables }) => tables);

describe('sluice inspect on the sample', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  it('ends with 0, counts every row, and changes neither the files nor the target', async () => {
    const before = [folderImprint(legacy), await imprint(database.url)];
    const { code, document } = await sluiceJson<Inspection>(['inspect'], { legacy, database: database.url });
    expect(code).toBe(0);
    expect(document).toMatchObject({ root: legacy, refused: false, missing: [] });
    expect(Object.fromEntries(tablesOf(document).map(({ table, rows }) => [table, rows]))).toEqual({
      ...sample.tables,
      ...{ memory_analyses: 49, memory_preferences: 2 },
      ...{ ohlc_files: 14, global_scores: 31, general_cache_files: 4 },
    });
    expect([folderImprint(legacy), await imprint(database.url)]).toEqual(before);
  });

  it('shows the evidence on the mislabelled time as numbers', async () => {
    const { document } = await sluiceJson<Inspection>(['inspect', '--only', 'ai_recommendations'], { legacy });
    const [table] = tablesOf(document);
    const label = table?.labels.find(({ column }) => column === 'generated_at_utc');
    expect((label?.wrong ?? 0) + (label?.right ?? 0) + (label?.unproven ?? 0)).toBe(table?.rows);
    expect(label?.wrong).toBeGreaterThan(0);
    const ahead = 5.5 * 3_600; // India's offset; the label is read a while before the run that is its witness, or after.
    expect(Math.abs((label?.aheadSeconds?.min ?? 0) - ahead)).toBeLessThan(3_600);
    expect(label?.aheadSeconds?.max).toBeGreaterThanOrEqual(label?.aheadSeconds?.min ?? Infinity);
    const { stdout } = await sluice(['inspect', '--only', 'ai_recommendations'], { legacy });
    expect(stdout).toMatch(new RegExp(`ai_recommendations\\.generated_at_utc │ +${label?.wrong} │`));
    expect(stdout).toContain('--choose ai_recommendations.generated_at_utc=proven');
  });

  it('foretells each row that the migration sets aside, also those whose parent is nowhere', async () => {
    const { document } = await sluiceJson<Inspection>(['inspect'], { legacy });
    const foretold = tablesOf(document).flatMap(({ table, columns }) =>
      columns.flatMap(({ column, hazards }) =>
        hazards
          .filter(({ outcome }) => outcome === 'quarantined')
          .flatMap(({ keys }) => keys.map((key) => `${table} ${key} ${column}`)),
      ),
    );
    const planted = sample.hazards.filter(({ expected }) => expected === 'quarantined');
    expect(planted.map(({ code }) => code)).toContain('B34');
    expect(foretold.sort()).toEqual(planted.map(({ table, key, column }) => `${table} ${key} ${column}`).sort());
    expect(planted.length).toBeGreaterThan(3);
  });
});

it('ends with 3 on drift, names it, reads the other files all the same, and changes nothing', async () => {
  const drifted = path.join(dir.path, 'drifted');
  makeSampleTree({ dir: drifted, seed: 22, rows: 500, hazards: false, files: false });
  const database = new DatabaseSync(path.join(drifted, 'cache/llm_costs.db'));
  database.exec('ALTER TABLE llm_requests ADD COLUMN region TEXT');
  database.close();
  const before = folderImprint(drifted);
  const { code, document } = await sluiceJson<Inspection>(['inspect'], { legacy: drifted });
  expect({ code, refused: document.refused }).toEqual({ code: 3, refused: true });
  const [bad] = document.files.filter(({ drift }) => drift.length > 0);
  expect(bad?.file).toBe('cache/llm_costs.db');
  expect(bad?.drift.join()).toContain('llm_requests.region');
  expect(tablesOf(document).map(({ table }) => table)).toContain('ai_recommendations');
  expect(folderImprint(drifted)).toBe(before);
  const { code: plain, stdout } = await sluice(['inspect'], { legacy: drifted });
  expect(plain).toBe(3);
  expect(stdout).toContain('REFUSED');
});
