import path from 'node:path';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report } from './sluice';
import { imprint, query } from './target';

/** Enough rows for the indexes to be set aside during the load. */
const ROWS = 10_500;

let dir: TempDir;
let legacy: string;
let database: FreshDatabase;
const servers = () => ({ database: database.url, legacy });

beforeAll(async () => {
  dir = await tempDir();
  legacy = path.join(dir.path, 'legacy');
  makeSampleTree({
    dir: legacy,
    seed: 5,
    rows: 0,
    tables: { llm_requests: ROWS, ai_recommendations: ROWS },
    hazards: true,
    files: false,
  });
});
afterAll(() => dir.remove());
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

/** Kills a slow copy of one table with SIGKILL when some of its ranges are done. */
async function killInTheCopy(table: string, args: readonly string[]): Promise<void> {
  let pid = 0;
  let isKilled = false;
  const slowly = ['--progress', 'json', '--range-bytes', '60000', '--max-rate', '8000'];
  const { signal } = await sluice(['migrate', '--only', table, ...slowly, ...args], {
    ...servers(),
    onStart: (started) => (pid = started),
    onOutput: (_stdout, stderr) => {
      if (isKilled || stderr.split('"type":"progress","phase":"copy"').length < 4) return;
      isKilled = process.kill(pid, 'SIGKILL');
    },
  });
  expect(signal).toBe('SIGKILL');
  const [row] = await query<{ done: string; open: string }>(
    database.url,
    'SELECT count(done_at) AS done, count(*) - count(done_at) AS open FROM migration_ranges',
  );
  expect(Number(row?.done)).toBeGreaterThan(0);
  expect(Number(row?.open)).toBeGreaterThan(0);
}

const ranges = () =>
  query(database.url, 'SELECT table_name, plan, seq, key_from, key_to FROM migration_ranges ORDER BY seq');

it('goes on with the lane and the ranges of before, whatever is asked for, and says so', async () => {
  await killInTheCopy('llm_requests', ['--lane', 'sql']);
  const planned = await ranges();
  const others = ['--lane', 'pages', '--range-bytes', '9000000'];
  const { code, document, stderr } = await sluiceJson<Report>(
    ['migrate', '--only', 'llm_requests', ...others],
    servers(),
  );
  expect({ code, tables: document.tables }).toMatchObject({
    code: 4,
    tables: [{ lane: 'sql', verification: { clean: true } }],
  });
  expect(await ranges()).toEqual(planned);
  expect(stderr).toMatch(
    /note: llm_requests: goes on with the ranges and the sql lane .* --lane pages does not count for it/,
  );
});

it('refuses another reading of a column than the copy was begun with, and keeps what is there', async () => {
  await killInTheCopy('ai_recommendations', ['--choose', 'ai_recommendations.generated_at_utc=all']);
  const before = await imprint(database.url);
  for (const reading of ['as-labelled', 'proven']) {
    const { code, document } = await sluiceJson<Report>(
      ['migrate', '--only', 'ai_recommendations', '--choose', `ai_recommendations.generated_at_utc=${reading}`],
      servers(),
    );
    expect({ code, error: document.error?.code }).toEqual({ code: 3, error: 'MIGRATION_RESUME_REFUSED' });
    expect(document.error?.message).toContain('"ai_recommendations.generated_at_utc":"all"');
    expect(document.error?.remedy).toContain('`sluice migrate --restart --only ai_recommendations`');
  }
  expect(await imprint(database.url)).toEqual(before);
  const { document } = await sluiceJson<Report>(['migrate', '--only', 'ai_recommendations'], servers());
  expect(document.tables).toMatchObject([{ verification: { clean: true } }]);
});

describe('a restart of a table whose indexes are set aside', () => {
  const restart = ['migrate', '--only', 'llm_requests', '--restart', '--yes'];
  const clean = async (): Promise<Record<string, string>> => {
    const { code, document } = await sluiceJson<Report>(restart, servers());
    expect({ code, tables: document.tables }).toMatchObject({ code: 4, tables: [{ verification: { clean: true } }] });
    return imprint(database.url);
  };

  it('gives them back after rows that were set aside, and gives the same again', async () => {
    const first = await clean();
    expect(first.quarantine).not.toMatch(/^0:/);
    expect(await clean()).toEqual(first);
  });

  it('frees a copy that cannot end because somebody wrote a row with the same key', async () => {
    const whole = await clean();
    await query(database.url, `DELETE FROM migration_tables; TRUNCATE llm_requests RESTART IDENTITY`);
    await query(database.url, 'TRUNCATE migration_quarantine, migration_originals');
    await killInTheCopy('llm_requests', []);
    await query(
      database.url,
      `INSERT INTO llm_requests SELECT (jsonb_populate_record(l, '{}')).* FROM llm_requests l ORDER BY id LIMIT 1`,
    );
    const { code, document } = await sluiceJson<Report>(['migrate', '--only', 'llm_requests'], servers());
    expect({ code, error: document.error?.code }).toEqual({ code: 5, error: 'MIGRATION_COUNT_MISMATCH' });
    expect(await clean()).toEqual(whole);
  });
});
