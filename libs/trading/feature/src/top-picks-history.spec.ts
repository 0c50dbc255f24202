import type { StoredTopPicksRun, TopPicksRunFilter } from '@sluice/trading-persistence';
import { historyJson } from './top-picks-history.json';
import { TopPicksHistoryService } from './top-picks-history.service';

const aRun = (payload: string | null, elapsed = 1.5): StoredTopPicksRun => ({
  run: {
    ...{ run_id: 'nifty50:Swing:x', universe: 'nifty50', mode: 'Swing', generated_at_utc: '2026-01-09T14:00:00' },
    ...{ trigger: 'hourly', total_analyzed: 50, filtered_count: 0, picks_count: 1, elapsed_sec: elapsed },
  },
  payload,
});

const aHistory = (runs: StoredTopPicksRun[] = []) => {
  const asked: TopPicksRunFilter[] = [];
  const repository = {
    list(filter: TopPicksRunFilter) {
      asked.push(filter);
      return Promise.resolve(runs);
    },
  };
  return { asked, service: new TopPicksHistoryService(repository as never, { nowMs: () => 0 }) };
};

describe('TopPicksHistoryService', () => {
  it('normalises universe and mode as the legacy service did, and leaves the trigger alone', async () => {
    const { asked, service } = aHistory();
    const { filters } = await service.list({ universe: 'NIFTY50', mode: "INTRADAY's best", trigger: 'Backfill' });
    expect(asked[0]).toMatchObject({ universe: 'nifty50', mode: "Intraday'S Best", trigger: 'Backfill' });
    expect(filters).toMatchObject({ universe: 'NIFTY50', mode: "INTRADAY's best", start_utc: null });
  });

  it.each([
    [undefined, 500],
    [0, 1],
    [null, 1],
    [5001, 5000],
  ])('clamps the limit %p to %d', async (limit, expected) => {
    const { asked, service } = aHistory();
    await service.list({ limit });
    expect(asked[0]?.limit).toBe(expected);
  });

  it('ignores a bound that is no time, and echoes it', async () => {
    const { asked, service } = aHistory();
    const { filters } = await service.list({ startUtc: 'garbage', endUtc: '2026-01-09' });
    expect(asked[0]).toMatchObject({ from: undefined, to: '2026-01-09T00:00:00.000000Z' });
    expect(filters.start_utc).toBe('garbage');
  });
});

describe('historyJson', () => {
  const answer = (run: StoredTopPicksRun, includePayload = true) =>
    historyJson({
      ...{ runs: [run], includePayload, generatedAt: '1970-01-01T00:00:00Z' },
      filters: { universe: null, mode: null, trigger: null, start_utc: null, end_utc: null },
    });

  it('passes a payload through as it is stored', () => {
    const text = answer(aRun('{"volume": 9007199254740993, "price": 75.0}'));
    expect(text).toContain('"payload":{"volume": 9007199254740993, "price": 75.0}}],"count":1,');
    expect(JSON.parse(text)).toMatchObject({ count: 1, runs: [{ elapsed_sec: 1.5, payload: { price: 75 } }] });
  });

  it('leaves payloads out where they were not asked for', () => {
    expect(JSON.parse(answer(aRun(null), false)).runs[0]).not.toHaveProperty('payload');
    expect(JSON.parse(answer(aRun(null))).runs[0]).toHaveProperty('payload', null);
  });

  it('writes null for a double that is not finite', () => {
    expect(JSON.parse(answer(aRun(null, Infinity))).runs[0].elapsed_sec).toBeNull();
  });
});
