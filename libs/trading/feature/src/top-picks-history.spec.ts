import type { StoredTopPicksRun, TopPicksRunFilter } from '@sluice/trading-persistence';
import { historyJson } from './top-picks-history.json';
import { TopPicksHistoryService } from './top-picks-history.service';

const aRun = (payload: string | null, elapsed = 1.5): StoredTopPicksRun => ({
  run: {
    ...{ run_id: 'nifty50:Swing:x', universe: 'nifty50', mode: 'Swing', generated_at_utc: '2026-01-09T14:00:00' },
    ...{ trigger: 'hourly', total_analyzed: 50, filtered_count: 0, picks_count: 1, elapsed_sec: elapsed },
  },
  payload,
  id: 7,
});

const aHistory = (runs: StoredTopPicksRun[] = []) => {
  const asked: TopPicksRunFilter[] = [];
  const repository = {
    list(filter: TopPicksRunFilter) {
      asked.push(filter);
      return Promise.resolve(runs.splice(0, filter.limit));
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
    const { service } = aHistory(Array.from({ length: 6000 }, () => aRun(null)));
    let count = 0;
    for await (const page of (await service.list({ limit })).pages) count += page.length;
    expect(count).toBe(expected);
  });

  it('reads page by page, each from where the one before ended, and stops at the last', async () => {
    const runs = Array.from({ length: 300 }, (_, index) => ({ ...aRun(null), id: 300 - index }));
    const { asked, service } = aHistory(runs);
    const { pages } = await service.list({ limit: 400, includePayload: false });
    expect(asked).toHaveLength(1);
    const sizes: number[] = [];
    for await (const page of pages) sizes.push(page.length);
    expect(sizes).toEqual([10, 250, 40]);
    expect(asked.map(({ limit, after }) => [limit, after?.id])).toEqual([
      [10, undefined],
      [250, 291],
      [140, 41],
    ]);
  });

  it('holds no more large payloads at once than four megabytes of them', async () => {
    const { service } = aHistory(Array.from({ length: 15 }, () => aRun('x'.repeat(1_500_000))));
    const sizes: number[] = [];
    for await (const page of (await service.list()).pages) sizes.push(page.length);
    expect(sizes).toEqual([10, 2, 2, 1]);
  });

  it('reads no more than fifty payloads at once, however small the ones before were', async () => {
    const { asked, service } = aHistory(Array.from({ length: 100 }, () => aRun('1')));
    const sizes: number[] = [];
    for await (const page of (await service.list()).pages) sizes.push(page.length);
    expect(sizes).toEqual([10, 50, 40]);
    expect(Math.max(...asked.map(({ limit }) => limit))).toBe(50);
  });

  it('ignores a bound that is no time, and echoes it', async () => {
    const { asked, service } = aHistory();
    const { filters } = await service.list({ startUtc: 'garbage', endUtc: '2026-01-09' });
    expect(asked[0]).toMatchObject({ from: undefined, to: '2026-01-09T00:00:00.000000Z' });
    expect(filters.start_utc).toBe('garbage');
  });
});

describe('historyJson', () => {
  const answer = async (pages: StoredTopPicksRun[][], includePayload = true) => {
    const filters = { universe: null, mode: null, trigger: null, start_utc: null, end_utc: null };
    const generatedAt = '1970-01-01T00:00:00Z';
    let text = '';
    for await (const piece of historyJson({ pages: pagesOf(pages), includePayload, filters, generatedAt }))
      text += piece;
    return text;
  };
  async function* pagesOf(pages: StoredTopPicksRun[][]): AsyncGenerator<StoredTopPicksRun[]> {
    for (const page of pages) yield await Promise.resolve(page);
  }

  it('passes a payload through as it is stored', async () => {
    const text = await answer([[aRun('{"volume": 9007199254740993, "price": 75.0}')]]);
    expect(text).toContain('"payload":{"volume": 9007199254740993, "price": 75.0}}],"count":1,');
    expect(JSON.parse(text)).toMatchObject({ count: 1, runs: [{ elapsed_sec: 1.5, payload: { price: 75 } }] });
  });

  it('is one document over any number of pages', async () => {
    expect(JSON.parse(await answer([[]]))).toMatchObject({ runs: [], count: 0 });
    expect(JSON.parse(await answer([[aRun('1'), aRun('2')], [aRun('3')], []]))).toMatchObject({
      ...{ runs: [{ payload: 1 }, { payload: 2 }, { payload: 3 }], count: 3 },
    });
  });

  it('leaves payloads out where they were not asked for', async () => {
    expect(JSON.parse(await answer([[aRun(null)]], false)).runs[0]).not.toHaveProperty('payload');
    expect(JSON.parse(await answer([[aRun(null)]])).runs[0]).toHaveProperty('payload', null);
  });

  it('writes null for a double that is not finite', async () => {
    expect(JSON.parse(await answer([[aRun(null, Infinity)]])).runs[0].elapsed_sec).toBeNull();
  });
});
