import type { LatestPicks } from '@sluice/trading-persistence';
import { NoPicksSnapshotCache, PicksSnapshotCache, type PicksSnapshot } from './picks-snapshot.cache';
import { TopPicksStatusService } from './top-picks-status.service';

class FakePicksCache extends PicksSnapshotCache {
  constructor(private readonly entries: Record<string, PicksSnapshot>) {
    super();
  }
  override find(key: string): Promise<PicksSnapshot | null> {
    return Promise.resolve(this.entries[key] ?? null);
  }
}

const aStatus = async (options: { stored?: LatestPicks[]; cache?: PicksSnapshotCache; now: string }) => {
  const runs = { listLatestWithPicks: () => Promise.resolve(options.stored ?? []) };
  const clock = { nowMs: () => Date.parse(options.now) };
  const service = new TopPicksStatusService(runs as never, options.cache ?? new NoPicksSnapshotCache(), clock);
  const answer = await service.read();
  const row = answer.rows.find(({ universe, mode }) => universe === 'nifty50' && mode === 'Intraday');
  if (!row) throw new Error('The row is missing.');
  return { answer, row };
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
        redis: { present: false, items: 0, key: 'top_picks:nifty50:intraday' },
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
    const cached = (time: string) => new FakePicksCache({ 'top_picks:nifty50:intraday': { items: 7, asOf: time } });
    const now = '2026-01-09T15:00:00Z';
    const fresh = await aStatus({ stored, now, cache: cached('2026-01-09T20:20:00') });
    expect(fresh.row.effective).toMatchObject({ items_count: 7, age_minutes: 10 });
    const stale = await aStatus({ stored, now, cache: cached('2026-01-07T20:20:00') });
    expect(stale.row.effective.items_count).toBe(5);
    expect(stale.row.layers.redis).toMatchObject({ present: true, items: 7 });
  });
});
