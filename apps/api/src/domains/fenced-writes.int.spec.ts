import { ApiWithDomains } from './running-api.fixture';

const run = { trigger: 'manual', result: { universe: 'nifty50', mode: 'Swing', picks: [{ symbol: 'TCS' }] } };
const pick = {
  ...{ symbol: 'TCS', direction: 'LONG', source: 'TOP_PICKS_hourly', mode: 'Intraday', signal_price: 3250.5 },
  ...{ signal_ts: '2026-01-09T10:00:00Z', trade_date: '2026-01-09' },
};
const payload = { universe: 'nifty50', mode: 'Swing', items: [{ symbol: 'TCS', price: 10 }] };

/** A write of each domain. */
const writes: readonly (readonly [domain: string, method: string, path: string, body: unknown])[] = [
  ['runs', 'POST', '/v1/runs', run],
  ['llm-costs', 'POST', '/v1/llm-costs/requests', { model: 'gpt-4', tokens_input: 1, tokens_output: 1 }],
  ['recommendations', 'POST', '/v1/recommendations', { source: 'hourly', payload }],
  ['context', 'POST', '/v1/context/learnings', { agent_type: 'news', accuracy: 0.5, sample_size: 2 }],
  ['context', 'PUT', '/v1/context/preferences/u/k', { value: 1 }],
  ['picks', 'POST', '/v1/picks', pick],
  ['picks', 'POST', '/v1/policies', { name: 'p', config: {} }],
];

describe('writes under the modes of their domains', () => {
  let api: ApiWithDomains;
  beforeAll(async () => {
    api = await ApiWithDomains.start();
  });
  afterAll(() => api.stop());

  const countRuns = async (): Promise<number> => {
    const { rows } = await api.client.query<{ count: number }>('SELECT count(*)::int FROM top_picks_runs');
    return rows[0]!.count;
  };

  it.each(writes)(
    'refuses a write of %s under `legacy`, by %s %s, and takes it before and after',
    async (domain, method, path, body) => {
      await api.client.query('DELETE FROM migration_domains');
      const before = await api.ask(method, path, body);
      await api.move('legacy');
      const refused = await api.ask(method, path, body, { 'idempotency-key': path });
      await api.move('dual');
      const after = await api.ask(method, path, body, { 'idempotency-key': path });
      expect([before.status < 300, after.status < 300]).toEqual([true, true]);
      expect(refused).toMatchObject({ status: 409, body: { status: 409, code: 'DOMAIN_WRITE_REFUSED' } });
      expect(refused.body.detail).toBe(
        `The domain ${domain} is in mode legacy: only the legacy program writes its rows. Nothing was written.`,
      );
      expect(after.headers.get('idempotency-replayed')).toBeNull();
    },
  );

  it('acknowledges a write that is there, or refuses it, while the mode changes under twenty writers', async () => {
    await api.client.query('DELETE FROM migration_domains');
    const before = await countRuns();
    let isOver = false;
    const stored: string[] = [];
    const statuses = new Set<number>();
    const writer = async (): Promise<void> => {
      while (!isOver) {
        const { status, body } = await api.ask('POST', '/v1/runs', run);
        statuses.add(status);
        if (status === 201) stored.push(body.run_id);
      }
    };
    const writers = Array.from({ length: 20 }, writer);
    for (const mode of ['legacy', 'dual', 'legacy', 'shadow', 'legacy'] as const) await api.move(mode, ['runs']);
    await api.move('cutover', ['runs']);
    isOver = true;
    await Promise.all(writers);
    expect(await countRuns()).toBe(before + stored.length);
    const { rows } = await api.client.query('SELECT run_id FROM top_picks_runs WHERE run_id = ANY($1)', [stored]);
    expect(rows).toHaveLength(stored.length);
    expect([...statuses].sort()).toEqual([201, 409]);
  });
});
