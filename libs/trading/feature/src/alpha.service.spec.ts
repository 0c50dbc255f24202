import type { ModeTotals, RecommendationFilter } from '@sluice/trading-persistence';
import { AlphaService } from './alpha.service';

/** Stands in for the repository: answers what it was given and remembers what it was asked. */
class FakeRecommendations {
  readonly asked: unknown[] = [];
  constructor(private readonly totals: ModeTotals[] = []) {}

  list(filter: RecommendationFilter): Promise<[]> {
    this.asked.push(filter);
    return Promise.resolve([]);
  }

  totalsByMode(since: string): Promise<ModeTotals[]> {
    this.asked.push(since);
    return Promise.resolve(this.totals);
  }
}

const anAlphaService = (totals?: ModeTotals[]) => {
  const recommendations = new FakeRecommendations(totals);
  const clock = { nowMs: () => Date.parse('2026-01-31T12:00:00.5Z') };
  return { recommendations, service: new AlphaService(recommendations as never, clock) };
};
const aMode = (overrides: Partial<ModeTotals>): ModeTotals => ({
  ...{ mode: 'Swing', trades: 4, wins: 1, pnlSum: 0.5, lowerMiddlePnl: 0.12, upperMiddlePnl: 0.13 },
  ...overrides,
});

describe('AlphaService.getDataset', () => {
  it.each([
    [undefined, 100],
    [null, 1],
    [0, 1],
    [-5, 1],
    [501, 500],
    [7, 7],
  ])('clamps the limit %p to %d', async (limit, expected) => {
    const { service, recommendations } = anAlphaService();
    await service.getDataset({ limit });
    expect(recommendations.asked).toEqual([expect.objectContaining({ limit: expected, offset: 0 })]);
  });

  it('asks for evaluated rows by default, and upper-cases the symbol but echoes it as sent', async () => {
    const { service, recommendations } = anAlphaService();
    const answer = await service.getDataset({ symbol: 'm&m', mode: '' });
    expect(recommendations.asked[0]).toMatchObject({ symbol: 'M&M', mode: undefined, evaluatedOnly: true });
    expect(answer).toEqual({
      items: [],
      count: 0,
      filters: { mode: '', symbol: 'm&m', evaluated_only: true },
      pagination: { limit: 100, offset: 0 },
      generated_at: '2026-01-31T12:00:00.500000Z',
    });
  });
});

describe('AlphaService.getByMode', () => {
  it('looks back from now on true time', async () => {
    const { service, recommendations } = anAlphaService();
    await service.getByMode(30);
    expect(recommendations.asked).toEqual(['2026-01-01T12:00:00.500000Z']);
  });

  it('rounds half to even, counts a result of 0 as a loss and averages over all trades', async () => {
    const { service } = anAlphaService([aMode({}), aMode({ mode: 'Intraday', trades: 1, wins: 1, pnlSum: 2 })]);
    const answer = await service.getByMode(30);
    expect(answer.modes[0]).toEqual({
      ...{ mode: 'Swing', trades: 4, wins: 1, losses: 3, win_rate: 25 },
      ...{ avg_pnl_pct: 0.12, median_pnl_pct: 0.12 },
    });
    expect(answer).toMatchObject({ total_trades: 5, overall_avg_pnl_pct: 0.5, lookback_days: 30 });
  });

  it('answers zeros where nothing was evaluated', async () => {
    expect(await anAlphaService().service.getByMode(1)).toMatchObject({
      ...{ modes: [], total_trades: 0, overall_avg_pnl_pct: 0 },
    });
  });
});
