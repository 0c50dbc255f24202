import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { explainShadowDifference, listShadowDifferences, shadowReads } from '@sluice/migration';
import { tempDir, until, type TempDir } from '@sluice/testing';
import { ApiWithDomains, migratedTree } from './running-api.fixture';

/** Reads that the legacy code has, too. */
const reads = {
  runs: [
    '/v1/analytics/top-picks-history?limit=40',
    '/v1/analytics/top-picks-history?universe=NIFTY50&mode=intraday&include_payload=false',
    '/v1/top-picks/status',
    '/v1/runs/latest?universe=nifty50&mode=Swing',
    '/v1/top-picks?universe=banknifty&mode=Intraday',
    '/v1/runs?limit=20',
  ],
  others: [
    '/v1/llm-costs/usage?days=30',
    '/v1/llm-costs/daily-spend',
    '/v1/performance/alpha/dataset?limit=60',
    '/v1/performance/alpha/dataset?evaluated_only=false&mode=Intraday&symbol=tcs&offset=3',
    '/v1/performance/alpha/by-mode?lookback_days=365',
    '/v1/analytics/rl-metrics',
    '/v1/analytics/rl-metrics?view=daily&start_date=2020-01-01',
    '/v1/context/learnings?limit=20',
  ],
};

/** Without what goes on while nothing changes, and doubles to ten digits: they were added up in another order. */
const timeless = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body, (name, value: unknown) => {
      if (/^(generated_at|.*age_.*)$/.test(name)) return null;
      return typeof value === 'number' ? Number(value.toPrecision(10)) : value;
    }),
  );

/** As a follower does that has nothing left to do, in whose place the test itself writes; for the time of the test. */
const saidToFollow = ({ client }: ApiWithDomains): Promise<unknown> =>
  client.query(
    `INSERT INTO migration_follow (table_name, plan, source_path, feed, generation, position, run, holder, state, caught_up_at)
     SELECT unnest(tables), gen_random_uuid(), 'a', 'change-log', 'g', 0, gen_random_uuid(), 'h', 'following', now() + interval '1 hour'
       FROM migration_domains`,
  );

describe('reads under the modes of their domains', () => {
  let tree: TempDir;
  let api: ApiWithDomains;
  let runId: string;
  beforeAll(async () => {
    tree = await tempDir();
    api = await ApiWithDomains.start({ LEGACY_DIR: tree.path, SHADOW_READS_PERCENT: '100' });
    await migratedTree(tree.path, api.database.url, 3_000);
    const { rows } = await api.client.query<{ run_id: string }>(
      'SELECT run_id FROM top_picks_runs ORDER BY id LIMIT 1',
    );
    runId = rows[0]!.run_id;
    reads.runs.push(`/v1/runs/${encodeURIComponent(runId)}`);
    const { rows: analyses } = await api.client.query<{ symbol: string; agent_type: string }>(
      'SELECT symbol, agent_type FROM agent_analyses ORDER BY created_at DESC LIMIT 1',
    );
    const { symbol, agent_type: agent } = analyses[0]!;
    reads.others.push(`/v1/context/analyses?symbol=${encodeURIComponent(symbol)}&days=365&limit=30`);
    reads.others.push(
      `/v1/context/analyses/latest?symbol=${encodeURIComponent(symbol)}&agent_type=${agent}&max_age_minutes=500000`,
    );
  });
  afterAll(async () => {
    await api.stop();
    await tree.remove();
  });

  const legacy = (sql: string): void => {
    const file = new DatabaseSync(join(tree.path, 'cache/top_picks_runs.db'));
    file.exec(sql);
    file.close();
  };
  /** Until the processes know it. */
  const moved = async (mode: 'legacy' | 'dual' | 'shadow' | 'cutover' | 'new', path: string): Promise<void> => {
    await api.move(mode);
    const side = mode === 'new' ? null : mode === 'cutover' ? 'postgres' : 'legacy';
    await until(async () => (await api.get(path)).headers.get('sluice-read-from') === side, { what: `it is ${mode}` });
  };
  const shadow = async (): Promise<Record<string, number>> => {
    const { body } = await api.get('/v1/admin/shadow-reads');
    const sums: Record<string, number> = { equal: 0, explained: 0, unexplained: 0, failed: 0, skipped: 0 };
    for (const { operations } of body)
      for (const one of operations) for (const name of Object.keys(sums)) sums[name]! += one[name];
    return sums;
  };

  it('says nothing of sides, and reads no file, where no domain has a mode', async () => {
    const { headers, status } = await api.get(reads.runs[0]!);
    expect([status, headers.get('sluice-read-from')]).toEqual([200, null]);
  });

  it('answers from the legacy files as from PostgreSQL, and finds all of it equal', async () => {
    const all = [...reads.runs, ...reads.others];
    const before = await Promise.all(all.map((one) => api.get(one)));
    expect(before.filter(({ body }) => JSON.stringify(body).length > 400).length).toBeGreaterThan(all.length - 5);
    await moved('shadow', reads.runs[0]!);
    for (const [at, path] of all.entries()) {
      const { status, headers, body } = await api.get(path);
      expect([path, status, headers.get('sluice-read-from')]).toEqual([path, before[at]!.status, 'legacy']);
      expect([path, timeless(body)]).toEqual([path, timeless(before[at]!.body)]);
    }
    const sum = ({ equal, explained, unexplained, failed }: Record<string, number>): number =>
      equal! + explained! + unexplained! + failed!;
    await until(async () => sum(await shadow()) >= all.length);
    const found = await shadow();
    const { body } = await api.get('/v1/admin/shadow-reads');
    const differences = body.flatMap((one: { differences: object[] }) => one.differences);
    expect([found['unexplained'], found['failed'], differences]).toEqual([0, 0, []]);
  });

  it('gives the caller the file, and keeps what differs until somebody explains it', async () => {
    await saidToFollow(api);
    legacy('UPDATE top_picks_runs SET picks_count = 17 WHERE id = (SELECT min(id) FROM top_picks_runs)');
    const path = `/v1/runs/${encodeURIComponent(runId)}`;
    expect((await api.get(path)).body.picks_count).toBe(17);
    await until(async () => (await shadow()).unexplained !== 0);
    const [difference] = await listShadowDifferences(api.client, 'runs');
    expect(difference).toMatchObject({
      operation: 'runs.find',
      fields: 'text',
      times: 1,
      parameters: [runId],
      explainedBy: null,
    });
    expect(difference!.legacyAnswer).toContain('picks_count\\":17');
    expect(await shadowReads(api.client, 'runs')).toMatchObject({ mode: 'shadow', unexplained: 1 });
    await explainShadowDifference(api.client, { id: difference!.id, actor: 'ann', reason: 'a test wrote it' });
    expect(await shadowReads(api.client, 'runs')).toMatchObject({ unexplained: 0, explained: 1 });
    const { body: text } = await api.get('/metrics');
    expect(text).toContain('sluice_domain_mode{domain="runs",mode="shadow"} 1');
    expect(text).toContain('sluice_shadow_reads_total{operation="runs.find",result="unexplained"} 1');
  });

  it('sees at once what the legacy program stores, past every cache, and PostgreSQL after the cutover', async () => {
    const path = '/v1/runs/latest?universe=nifty50&mode=Swing';
    await moved('dual', path);
    legacy(`INSERT INTO top_picks_runs (run_id, universe, mode, generated_at_utc, trigger, picks_count, payload)
      VALUES ('theirs', 'nifty50', 'Swing', '2031-01-01T00:00:00.000001', 'manual', 1, '{"picks": [NaN, "NaN"]}')`);
    const theirs = await api.get(path);
    expect(theirs.body).toMatchObject({ run_id: 'theirs', items: [null, 'NaN'], as_of: '2031-01-01T00:00:00.000001Z' });
    expect([theirs.headers.get('x-cache-status'), theirs.headers.get('sluice-read-from')]).toEqual([
      'BYPASS',
      'legacy',
    ]);
    await moved('cutover', path);
    const ours = await api.get(path);
    expect(ours.body.run_id).not.toBe('theirs');
    expect(ours.headers.get('x-cache-status')).toBe('BYPASS');
    await api.client
      .query(`INSERT INTO top_picks_runs (run_id, universe, mode, generated_at_utc, trigger, picks_count, payload)
      VALUES ('newer', 'nifty50', 'Swing', '2032-01-01T00:00:00Z', 'manual', 1, '{"picks": [1]}')`);
    await moved('new', path);
    expect((await api.get(path)).body.run_id).toBe('newer'); // And not what the cache held before anything moved.
    await until(async () => (await api.get(path)).headers.get('x-cache-status') === 'HIT');
  });

  it('is 503 where the file is away, on each kind of path, and never the other side', async () => {
    const path = '/v1/runs/latest?universe=nifty50&mode=Swing';
    await moved('legacy', path);
    const file = join(tree.path, 'cache/top_picks_runs.db');
    await rename(file, `${file}.away`);
    const own = await api.get(path);
    expect(own).toMatchObject({ status: 503, body: { code: 'LEGACY_SIDE_AWAY' } });
    const old = await api.get('/v1/analytics/top-picks-history');
    expect([old.status, old.body]).toEqual([
      503,
      { detail: 'The legacy side is read in this mode, and cache/top_picks_runs.db is not there.' },
    ]);
    await rename(`${file}.away`, file);
    expect((await api.get(path)).status).toBe(200);
  });

  it('is the legacy side from the first answer of a process on', async () => {
    await api.move('dual');
    const other = await api.another({ LEGACY_DIR: tree.path });
    const { headers, status } = await fetch(`${other.url}/v1/runs/latest?universe=nifty50&mode=Swing`);
    expect([status, headers.get('sluice-read-from')]).toEqual([200, 'legacy']);
    await other.close();
  });
});
