import type { LatestPicks } from '@sluice/trading-caching';
import { StoredPicksService } from './stored-picks.service';

const how = { state: 'hit', tier: 1, freshForMs: 1000, isStored: true } as const;
const aPick = (symbol: string, confidence?: unknown) => ({ symbol, confidence });
const picksOf = (mode: string, asOf: string, items: unknown[] = [aPick('TCS', 'High')]): LatestPicks => ({
  ...{ items, as_of: asOf, universe: 'nifty50', mode, elapsed_seconds: 90.05039, policy_version: '1.0', run_id: 'x' },
});
const aService = (stored: LatestPicks[], now: string) =>
  new StoredPicksService(
    {
      latestPicks: async (_universe, mode) => ({
        ...how,
        value: stored.find((picks) => picks.mode === mode) ?? null,
      }),
    },
    { nowMs: () => Date.parse(now) },
  );
const request = { universe: 'NIFTY50', mode: 'Intraday', limit: 5, minConfidence: 'medium' };
const asOf = '2026-01-09T20:14:34.765817';

describe('the picks of the last session', () => {
  it('are in the shape of the legacy route, with their age on true time', async () => {
    const { body } = await aService([picksOf('Intraday', asOf)], '2026-01-09T14:54:34.765Z').topPicks(request);
    expect(body).toEqual({
      ...{ date: '2026-01-09', generated_at: asOf, universe: 'nifty50', mode: 'Intraday', picks_count: 1 },
      ...{ picks: [aPick('TCS', 'High')], cached: true, cache_age_seconds: 600, last_updated: asOf },
      next_refresh: '2026-01-10T00:30:00Z',
      metadata: { analysis_time_seconds: 90.05039, cache_status: 'fresh' },
    });
  });

  it.each([
    ['2026-01-09T15:44:34.764Z', 'fresh'],
    ['2026-01-09T15:44:34.766Z', 'stale'],
    ['2026-01-12T17:00:00Z', 'stale'], // A Friday's picks, on the Monday after.
    ['2026-01-13T00:00:00Z', 'none'],
  ])('are, at %s, %s', async (now, status) => {
    const { body } = await aService([picksOf('Intraday', asOf)], now).topPicks(request);
    expect(body.metadata.cache_status).toBe(status);
    expect([body.cached, body.picks.length]).toEqual(status === 'none' ? [false, 0] : [true, 1]);
  });

  it('turn to the next day with India, and say when the next ones are due', async () => {
    const { body } = await aService([], '2026-01-09T18:30:00Z').topPicks(request);
    expect(body).toMatchObject({ date: '2026-01-10', next_refresh: '2026-01-11T00:30:00Z', cache_age_seconds: null });
  });

  it.each([
    ['low', ['A', 'B', 'C', 'D']],
    ['Medium', ['A', 'B', 'D']],
    ['HIGH', ['A']],
  ])('are those of %s confidence and more', async (minConfidence, symbols) => {
    const items = [aPick('A', 'High'), aPick('B', 'medium'), aPick('C', 'Low'), aPick('D', 7)];
    const service = aService([picksOf('Intraday', asOf, items)], '2026-01-09T15:00:00Z');
    const { body } = await service.topPicks({ ...request, minConfidence });
    expect(body.picks.map((pick) => (pick as { symbol: string }).symbol)).toEqual(symbols);
  });
});

describe('the picks of agents', () => {
  const asked = { universe: 'NIFTY50', limit: 5, mode: null };

  it('are of Intraday where the last session has some', async () => {
    const stored = [picksOf('Swing', asOf), picksOf('Intraday', asOf)];
    const { body } = await aService(stored, '2026-01-09T15:00:00Z').agentPicks(asked);
    expect(body).toEqual({
      ...{ items: [aPick('TCS', 'High')], as_of: asOf, universe: 'NIFTY50', risk_profile: 'Moderate' },
      ...{ primary_mode: 'Intraday', auxiliary_modes: [], cached: true, session_date: '2026-01-09' },
      ...{ mode_info: { elapsed_seconds: 90.05039, policy_version: '1.0' }, previous_session: false },
    });
  });

  it('are else the first that are stored, of any age, Swing before the others', async () => {
    const stored = [picksOf('Options', asOf), picksOf('Swing', asOf), picksOf('Intraday', asOf)];
    const { body } = await aService(stored, '2026-03-01T00:00:00Z').agentPicks(asked);
    expect(body).toMatchObject({ primary_mode: 'Swing', cached: true, previous_session: true });
  });

  it('of a mode are those of the last session only', async () => {
    const { body } = await aService([picksOf('Swing', asOf)], '2026-03-01T00:00:00Z').agentPicks({
      ...asked,
      mode: 'Swing',
    });
    expect(body).toMatchObject({ items: [], primary_mode: 'Swing', cached: false, session_date: null });
  });

  it('are none where nothing is stored', async () => {
    const { body } = await aService([], '2026-03-01T00:00:00Z').agentPicks(asked);
    expect(body).toMatchObject({ items: [], as_of: null, primary_mode: null, cached: false, previous_session: false });
  });
});
