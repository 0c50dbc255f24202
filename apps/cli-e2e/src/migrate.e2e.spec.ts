import { readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase, freshRedis, tempDir, type FreshDatabase, type FreshRedis, type TempDir } from '@sluice/testing';
import { makeSampleTree, type SampleSummary } from '@sluice/trading-legacy';
import { folderImprint } from './folder-imprint';
import { sluice, sluiceJson, type Quarantine, type Report } from './sluice';
import { imprint, query } from './target';

/** Of every sample with files: rows and broken files or lines. */
const fileRows: Readonly<Record<string, number>> = {
  ...{ memory_analyses: 49, memory_preferences: 2 },
  ...{ ohlc_files: 14, global_scores: 31, general_cache_files: 4 },
};
const cacheTables = [
  'support_resistance_levels',
  'context_memory',
  'ohlc_files',
  'global_scores',
  'general_cache_files',
];

describe('sluice migrate on a sample with hazards', () => {
  let dir: TempDir;
  let database: FreshDatabase;
  let redis: FreshRedis;
  let sample: SampleSummary;
  let legacy: string;
  let before: string;
  let first: { code: number | null; document: Report; stderr: string };
  const servers = () => ({ database: database.url, redis: redis.url, legacy });

  beforeAll(async () => {
    [dir, database, redis] = await Promise.all([tempDir(), freshDatabase(), freshRedis()]);
    legacy = path.join(dir.path, 'legacy');
    sample = makeSampleTree({ dir: legacy, seed: 7, rows: 4_000, hazards: true, nowMs: Date.now() });
    before = folderImprint(path.join(legacy, 'cache'));
    first = await sluiceJson<Report>(['migrate'], servers());
  });
  afterAll(() => Promise.all([dir.remove(), database.drop()]));

  it('ends with 4 and accounts for every row', () => {
    expect(first.code).toBe(4);
    for (const { table, rowsSource, rowsTarget, quarantined, verification } of first.document.tables) {
      const wanted = { ...sample.tables, ...fileRows }[table];
      expect({ table, rowsSource }).toEqual({ table, rowsSource: wanted });
      expect({ table, clean: verification?.clean }).toEqual({ table, clean: true });
      if (!cacheTables.includes(table)) {
        expect({ table, accounted: rowsTarget + quarantined }).toEqual({ table, accounted: rowsSource });
      }
    }
  });

  it('takes the tables that --only names, parents first, and lists the quarantine of those', async () => {
    const own = await freshDatabase();
    const only = ['--only', 'pick_outcomes', '--only', 'pick_events'];
    const { code, document } = await sluiceJson<Report>(['migrate', ...only], { database: own.url, legacy });
    expect({ code, tables: document.tables.map(({ table }) => table) }).toEqual({
      code: 4,
      tables: ['pick_events', 'pick_outcomes'],
    });
    const listed = await sluiceJson<Quarantine>(['quarantine', 'list', ...only], servers());
    expect(listed.document.map(({ table }) => table)).toEqual(['pick_outcomes']);
    await own.drop();
  });

  it('says that nothing was migrated where no chosen table has a file, and where that was looked for', async () => {
    const [own, tree] = await Promise.all([freshDatabase(), tempDir()]);
    makeSampleTree({ dir: tree.path, seed: 7, rows: 300, hazards: false, files: false });
    rmSync(path.join(tree.path, 'cache/context.db'));
    const missing = ['--only', 'agent_analyses'];
    const { code, document, stderr } = await sluiceJson<Report>(['migrate', ...missing], {
      ...{ database: own.url, legacy: tree.path },
    });
    expect({ code, exitCode: document.exitCode }).toEqual({ code: 0, exitCode: 0 });
    const told = ['agent_analyses: no cache/context.db', expect.stringContaining(`searched for in ${tree.path} and`)];
    expect(document.notes).toEqual(told);
    expect(stderr).toMatch(/^warning: There is nothing to migrate: agent_analyses: no cache\/context\.db\. .*searched/);
    const inspected = await sluice(['inspect', ...missing], { legacy: tree.path });
    expect(inspected.stdout).toContain('There is nothing to migrate');
    await Promise.all([own.drop(), tree.remove()]);
  });

  it('puts exactly the planted rows that belong there into quarantine', async () => {
    const expected = sample.hazards.filter((hazard) => hazard.expected === 'quarantined');
    const { document } = await sluiceJson<Quarantine>(['quarantine', 'list'], servers());
    const names = (rows: readonly { table: string; key: string }[]): string[] =>
      rows.map(({ table, key }) => `${table} ${key}`).sort();
    expect(expected.length).toBeGreaterThan(0);
    expect(names(document)).toEqual(names(expected));
  });

  it('leaves the legacy files as they were', () => {
    expect(folderImprint(path.join(legacy, 'cache'))).toBe(before);
  });

  it('agrees with sums and counts of the source', async () => {
    const [row] = await query<{ next: string; top: string }>(
      database.url,
      `SELECT nextval('llm_requests_id_seq') AS next, (SELECT max(id) FROM llm_requests) AS top`,
    );
    expect(BigInt(row?.next ?? 0)).toBeGreaterThan(BigInt(row?.top ?? 0));
  });

  it('loads nothing the second time and proves equality again', async () => {
    const { code, document } = await sluiceJson<Report>(['migrate'], servers());
    expect(code).toBe(4);
    expect(document.tables.map(({ table, loadedNow }) => `${table} ${loadedNow}`)).toEqual(
      document.tables.map(({ table }) => `${table} 0`),
    );
    expect(document.tables.every(({ verification }) => verification?.clean)).toBe(true);
    const digests = (report: Report): unknown => report.tables.map(({ verification }) => verification?.digest);
    expect(digests(document)).toEqual(digests(first.document));
  });

  it('does not call rows proved whose file is gone, and empties none of them', async () => {
    const context = path.join(legacy, 'cache/context.db');
    renameSync(context, path.join(dir.path, 'away.db'));
    for (const args of [['verify'], ['migrate'], ['migrate', '--restart', '--yes']]) {
      const { code, stderr } = await sluice(args, servers());
      expect({ args, code }).toEqual({ args, code: 3 });
      expect(stderr).toMatch(/agent_analyses, \d+ rows from cache\/context\.db: no cache\/context\.db/);
    }
    const without = await sluice(['verify', '--only', 'rl_policies', '--only', 'pick_events'], servers());
    expect(without.code).toBe(0);
    // Of a closed domain the file is archived.
    await query(
      database.url,
      `INSERT INTO migration_domains (name, tables, mode, changed_by, reason)
       VALUES ('context', '{agent_analyses,agent_learnings,user_preferences}', 'new', 'a test', 'a test')`,
    );
    expect((await sluice(['verify'], servers())).code).toBe(4);
    await query(database.url, 'DELETE FROM migration_domains');
    renameSync(path.join(dir.path, 'away.db'), context);
    expect((await sluice(['verify', '--only', 'agent_analyses'], servers())).code).toBe(4);
  });

  it('fills a rebuilt Redis again', async () => {
    await redis.flush();
    const { document } = await sluiceJson<Report>(['migrate', '--only', 'support_resistance_levels'], servers());
    expect(document.tables[0]).toMatchObject({ outcome: 'refilled', verification: { clean: true } });
    expect(document.tables[0]?.loadedNow).toBeGreaterThan(0);
  });

  it('shows the raw bytes of a quarantined row', async () => {
    const list = await sluiceJson<Quarantine>(['quarantine', 'list'], servers());
    const [row] = list.document;
    expect(row).not.toHaveProperty('raw');
    const { document } = await sluiceJson<{ raw: Record<string, { class: string }> }>(
      ['quarantine', 'show', row?.id ?? ''],
      servers(),
    );
    expect(document.raw[row?.column ?? '']?.class).toMatch(/text|real|integer|blob/);
    const shown = await sluice(['quarantine', 'show', row?.id ?? ''], servers());
    expect(shown.stdout).toContain(row?.column);
  });

  it('finds what was changed behind its back and names it', async () => {
    await query(
      database.url,
      `UPDATE llm_requests SET created_at = created_at + interval '1 microsecond' WHERE id = 10`,
    );
    await query(database.url, 'DELETE FROM rl_policies WHERE id = (SELECT max(id) FROM rl_policies)');
    const { code, document } = await sluiceJson<Report>(['verify'], servers());
    expect(code).toBe(5);
    const found = (name: string) => document.tables.find(({ table }) => table === name)?.verification?.found;
    expect(found('llm_requests')).toMatchObject([{ rowKey: '10', column: 'created_at', kind: 'changed' }]);
    expect(found('rl_policies')).toMatchObject([{ kind: 'missing' }]);
    const shown = await sluice(['verify', '--only', 'llm_requests'], servers());
    expect(shown.code).toBe(5);
    expect(shown.stdout).toContain('NOT EQUAL');
  });

  it('asks before it empties anything, and copies all again when told to', async () => {
    const asked = await sluice(['migrate', '--restart'], servers());
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('Nothing was changed');
    expect(asked.stderr).toMatch(/^ {2}llm_requests: [\d,]+ rows$/m);
    expect(asked.stderr).toMatch(/^ {2}context_memory: a cache, whose entries stay/m);
    const { code, document } = await sluiceJson<Report>(['migrate', '--restart', '--yes'], servers());
    expect(code).toBe(4);
    expect(document.tables.every(({ verification }) => verification?.clean)).toBe(true);
  });

  it('copies again what refers to a table that begins anew', async () => {
    const whole = await imprint(database.url);
    const restart = ['migrate', '--restart', '--yes', '--only', 'pick_events'];
    const { document, stderr } = await sluiceJson<Report>(restart, servers());
    const clean = document.tables.map(({ table, verification }) => [table, verification?.clean]);
    expect(Object.fromEntries(clean)).toEqual({
      pick_events: true,
      pick_agent_contributions: true,
      pick_outcomes: true,
    });
    expect(stderr).toContain('Begun anew as well');
    expect(await imprint(database.url)).toEqual(whole);
  });

  it('writes the report to files named by the run', async () => {
    const reports = path.join(dir.path, 'evidence/today');
    const { document } = await sluiceJson<Report>(['verify', '--report-dir', reports], servers());
    const names = ['html', 'json', 'md'].map((form) => `${document.runId}.${form}`);
    expect(readdirSync(reports).sort()).toEqual(names);
    const written = JSON.parse(readFileSync(path.join(reports, `${document.runId}.json`), 'utf8')) as {
      report: Report;
    };
    expect(written.report).toEqual(document);
    const file = path.join(reports, names[0] ?? '');
    const refused = await sluice(['verify', '--report-dir', path.join(file, 'below')], servers());
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--report-dir');
  });

  it('reports in Markdown, JSON and one self-contained page', async () => {
    const [markdown, html] = await Promise.all([
      sluice(['report'], servers()),
      sluice(['report', '--format', 'html'], servers()),
    ]);
    expect(markdown.stdout).toContain('chain whole');
    expect(html.stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/);
    expect(html.stdout).not.toMatch(/<script|https?:\/\//);
  });
});
