import { CacheEngine, MemoryTier2, systemScheduler } from '@sluice/cache';
import { LatestPicksCache, type LatestPicks as CachedPicks } from '@sluice/trading-caching';
import type { LatestPicks } from '@sluice/trading-persistence';
import { TopPicksStatusService } from './top-picks-status.service';

const engines: CacheEngine[] = [];
afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.close())));

const aStatus = async (options: { stored?: LatestPicks[]; cached?: CachedPicks; now: string }) => {
  const runs = { listLatestWithPicks: () => Promise.resolve(options.stored ?? []) };
  const clock = { nowMs: () => Date.parse(options.now) };
  const engine = new CacheEngine({ tier2: new MemoryTier2(systemScheduler) });
  engines.push(engine);
  const cache = new LatestPicksCache(engine);
  if (options.cached) await cache.set(options.cached, options.cached);
  const { status, how } = await new TopPicksStatusService(runs, cache, clock).read();
  const row = status.rows.find(({ universe, mode }) => universe === 'nifty50' && mode === 'Intraday');
  if (!row) throw new Error('The row is missing.');
  return { answer: status, row, how };
};
const asOf = '2026-01-09T20:14:34.765817';
const stored: LatestPicks[] = [{ universe: 'nifty50', mode: 'Intraday', items: 5, asOf, elapsedSec: 90 }];

describe('TopPicksStatusService', () => {
  it('has a row for each of two universes and five modes', async () => {
    const { answer } = await aStatus({ now: '2026-01-09T15:00:00Z' });
    expect(answer.rows.map(({ universe, mode }) => `${universe} ${mode}`)).toEqual(
      ['nifty50', 'banknifty'].flatMap((universe) => answer.modes.map((mode) => `${universe} ${mode}`)),
    );
    expect(answer.rows).toHaveLength(10);
  });

  it('finds the stored run of the session, with its age on true time', async () => {
    const { row } = await aStatus({ stored, now: '2026-01-09T14:54:34.765Z' });
    expect(row).toEqual({
      universe: 'nifty50',
      mode: 'Intraday',
      effective: { has_cache: true, items_count: 5, as_of: asOf, age_minutes: 10 },
      layers: {
        memory: { present: false, items: 0 },
        redis: { present: false, items: 0, key: 'picks:latest:nifty50:Intraday' },
        sqlite: { present: true, items: 5 },
      },
    });
  });

  it('shows a run of an older session as present but not effective', async () => {
    const { row } = await aStatus({ stored, now: '2026-01-14T12:00:00Z' });
    expect(row.layers.sqlite).toEqual({ present: true, items: 5 });
    expect(row.effective).toEqual({ has_cache: false, items_count: 0, as_of: null, age_minutes: null });
  });

  it('prefers the cache to the stored run, unless the cache is of an older session', async () => {
    const cached = (time: string) => ({ items: Array(7).fill({}), as_of: time, universe: 'NIFTY50', mode: 'intraday' });
    const now = '2026-01-09T15:00:00Z';
    const fresh = await aStatus({ stored, now, cached: cached('2026-01-09T20:20:00') });
    expect(fresh.row.effective).toMatchObject({ items_count: 7, age_minutes: 10 });
    const stale = await aStatus({ stored, now, cached: cached('2026-01-07T20:20:00') });
    expect(stale.row.effective.items_count).toBe(5);
    expect(stale.row.layers.redis).toMatchObject({ present: true, items: 7 });
    expect(stale.how.state).toBe('miss'); // Nine of ten are not in the cache.
  });
});
