import { latestPicksOf, LatestPicksSource } from './latest-picks.source';

const scope = { universe: 'nifty50', mode: 'Intraday' };
const runOf = (payload: unknown) => ({
  ...{ runId: 'nifty50:Intraday:x', generatedAtUtc: '2026-01-09T14:46:10.340830', elapsedSec: null },
  payload: JSON.stringify(payload),
});

describe('latestPicksOf', () => {
  it('has the shape of the scheduler, with the spelling and the time of the payload', () => {
    const payload = {
      ...{
        picks: [{ symbol: 'TCS' }],
        generated_at: '2026-01-09T20:14:34.765817',
        universe: 'NIFTY50',
        mode: 'Intraday',
      },
      metadata: { analysis_time_seconds: 90.05039, policy_version: '1.0' },
    };
    expect(latestPicksOf(runOf(payload), scope)).toEqual({
      ...{ items: [{ symbol: 'TCS' }], as_of: '2026-01-09T20:14:34.765817', universe: 'NIFTY50', mode: 'Intraday' },
      ...{ elapsed_seconds: 90.05039, policy_version: '1.0', run_id: 'nifty50:Intraday:x' },
    });
  });

  it('takes the time of storing, and the scope, where the payload has none', () => {
    expect(latestPicksOf(runOf({ picks: [] }), scope)).toEqual({
      ...{
        items: [],
        as_of: '2026-01-09T14:46:10.340830Z',
        ...scope,
        policy_version: null,
        run_id: 'nifty50:Intraday:x',
      },
    });
  });

  it('takes the seconds of the row where the payload has none', () => {
    const run = { ...runOf({ picks: [] }), elapsedSec: 90.05039 };
    expect(latestPicksOf(run, scope)).toMatchObject({ elapsed_seconds: 90.05039 });
    expect(latestPicksOf({ ...run, elapsedSec: Infinity }, scope)).not.toHaveProperty('elapsed_seconds');
  });

  it.each([{}, [], null, 'text', { picks: 'none' }])('has none in the payload %j', (payload) => {
    expect(latestPicksOf(runOf(payload), scope)).toBeNull();
  });
});

it('names no scope that the cache has no key for: a run may be of no universe or no mode', async () => {
  const stored = [scope, { universe: '', mode: 'Swing' }, { universe: 'nifty50', mode: '' }];
  const source = new LatestPicksSource({ listScopesWithPicks: async () => stored } as never);
  expect(await source.list()).toEqual([scope]);
});
