import { CacheEngine, days, hours, MAX_TTL_MS, MemoryTier2, seconds, systemScheduler } from '@sluice/cache';
import { aLevel, aScore } from './caches.fixture';
import { TradingCaches } from './trading.caches';

const FRIDAY_MS = Date.parse('2026-01-09T06:00:00Z');

/** All caches in a process whose time is moved by hand. */
function aProcess(days?: ConstructorParameters<typeof TradingCaches>[1]) {
  let passedMs = 0;
  const scheduler = {
    nowMs: () => passedMs,
    wallMs: () => FRIDAY_MS + passedMs,
    after: systemScheduler.after,
  };
  const engine = new CacheEngine({ tier2: new MemoryTier2(scheduler), scheduler, random: () => 0 });
  return { caches: new TradingCaches(engine, days), pass: (ms: number) => void (passedMs += ms) };
}
const broken = async (): Promise<never> => {
  throw new Error('The source is broken.');
};

it('pauses a warm-up after each load for the rate that was asked for, and for nothing that is there', async () => {
  const waits: number[] = [];
  const after = (ms: number, run: () => void) => {
    waits.push(ms);
    return systemScheduler.after(Math.min(ms, 1), run);
  };
  const scheduler = { nowMs: () => 0, wallMs: () => FRIDAY_MS, after };
  const engine = new CacheEngine({ tier2: new MemoryTier2(scheduler), scheduler });
  const caches = new TradingCaches(engine);
  const list = async () => ['Intraday', 'Swing', 'Options'].map((mode) => ({ universe: 'nifty50', mode }));
  const load = async () => null;
  await caches.latestPicks.set({ universe: 'nifty50', mode: 'Swing' }, null);
  await caches.warm({ latestPicks: { list, load } }, { perSecond: 8 });
  expect(waits.filter((ms) => ms === 125)).toHaveLength(2);
  await engine.close();
});

it('spells the keys of the plan', async () => {
  const { caches } = aProcess();
  const intraday = { symbol: 'TCS', from: '2026-01-01T09:15:30', to: '2026-01-09 15:30', interval: '5m' };
  expect([
    caches.supportResistance.idOf({ symbol: ' tcs ', scope: 'D' }),
    caches.ohlc.idOf({ ...intraday, interval: '1d' }),
    caches.ohlc.idOf(intraday),
    caches.ohlc.idOf({ ...intraday, source: 'auto' }),
    caches.ohlc.idOf({ ...intraday, source: 'yahoo' }),
    caches.scores.idOf('M&M'),
    caches.scoresTimestamp.idOf('cache_timestamp'),
    caches.general.volatile.idOf('yquote:TCS'),
    caches.general.persistent.idOf({ key: 'global_indices_summary', region: 'Global' }),
    caches.memory.session.idOf('a'),
    caches.contextMemory.idOf({ type: 'session', key: 'a:b' }),
    caches.latestPicks.idOf({ universe: 'NIFTY50', mode: 'INTRADAY' }),
    caches.picksMonitor.idOf('positions'),
    caches.portfolioMonitor.idOf('watchlist'),
    caches.scalpingMonitor.idOf('last'),
    caches.dashboard.idOf('performance:7d'),
  ]).toEqual([
    'sr:TCS:D',
    'hist:TCS:2026-01-01:2026-01-09:1d',
    'hist:TCS:2026-01-01_0915:2026-01-09_1530:5m',
    'hist:TCS:2026-01-01_0915:2026-01-09_1530:5m',
    'hist:TCS:2026-01-01_0915:2026-01-09_1530:5m@yahoo',
    'scores:global:M&M',
    'scores:cache_timestamp',
    'general:volatile:yquote:TCS',
    'general:persistent:Global:global_indices_summary',
    'memory:session:a',
    'context:memory:session:a:b',
    'picks:latest:nifty50:Intraday',
    'top_picks:monitor:positions:last',
    'portfolio:monitor:watchlist:last',
    'scalping:monitor:last',
    'dashboard:overview:performance:7d',
  ]);
});

it('clears a cache whose name begins another one, and leaves that one alone', async () => {
  const { caches } = aProcess();
  await caches.scoresTimestamp.set('cache_timestamp', '2026-01-09T06:00:00Z');
  await caches.scores.set('TCS', aScore());
  expect(await caches.scoresTimestamp.clear()).toMatchObject({ removed: 1 });
  expect(await caches.scores.get('TCS')).toEqual(aScore());
});

it('keeps each entry for the life of the contract', async () => {
  const { caches } = aProcess();
  const lives = caches.list().map(({ name, declaration: { fresh }, policy: { graceMs } }) => {
    const rule = fresh as { freshForMs(stored: object): number };
    const key = { symbol: 'TCS', scope: 'D', interval: '15m' };
    return [name, rule.freshForMs({ key, value: aLevel(), nowMs: FRIDAY_MS }), graceMs];
  });
  expect(lives).toEqual([
    ['context:memory', hours(1), 0],
    ['dashboard:overview', days(1), 0],
    ['general:persistent', seconds(60), days(8)],
    ['general:volatile', seconds(60), 0],
    ['hist', hours(2), 0],
    ['memory:cache', seconds(300), 0],
    ['memory:context', MAX_TTL_MS, 0],
    ['memory:session', seconds(3600), 0],
    ['picks:latest', seconds(300), seconds(3000)],
    ['portfolio:monitor', seconds(600), 0],
    ['scalping:monitor', seconds(600), 0],
    ['scores', hours(6), 0],
    ['scores:global', hours(6), days(1)],
    ['sr', hours(12.5), days(400)],
    ['top_picks:monitor', seconds(600), 0],
  ]);
});

describe('levels', () => {
  it('are stale on the next day in India, and served while none can be computed', async () => {
    const { caches, pass } = aProcess();
    const levels = caches.supportResistance;
    expect(await levels.findLevels(' tcs ', 'd', async () => aLevel())).toEqual(aLevel());
    pass(hours(12.5) - 1);
    expect(await levels.findLevels('TCS', 'D', broken)).toEqual(aLevel());
    expect(levels.space.counters.loads).toBe(1);
    pass(1);
    expect(await levels.findLevels('TCS', 'D', broken)).toEqual(aLevel());
    pass(days(1));
    expect(await levels.findLevels('TCS', 'D', async () => null)).toEqual(aLevel());
    expect(levels.space.counters.loads).toBe(3);
  });

  it('are none where nothing can be computed and nothing stale is left, also while nobody tries again', async () => {
    const { supportResistance } = aProcess().caches;
    expect(await supportResistance.findLevels('TCS', 'W', broken)).toBeNull();
    expect(await supportResistance.findLevels('TCS', 'W', async () => aLevel())).toBeNull();
    expect(supportResistance.space.counters.loads).toBe(1);
  });

  it.each([['', 'D'], [' ', 'D'], ['TCS', 'H'], ['TCS', '']])('are none for %j %j, without computing', async (symbol, scope) => {
    const { supportResistance } = aProcess().caches;
    expect(await supportResistance.findLevels(symbol, scope, async () => aLevel())).toBeNull();
    expect(supportResistance.space.counters.loads).toBe(0);
  }); // prettier-ignore
});

describe('candles', () => {
  const rows = [{ time: '2026-01-09T09:15:00+05:30', close: NaN }];
  const day = (symbol: string, interval = '1d') => ({ symbol, interval, from: '2026-01-01', to: '2026-01-09' });
  const a = day('TCS');
  const b = day('TCS', '15m');
  const c = day('M&M', '15m');
  const filled = async () => {
    const { caches, pass } = aProcess();
    for (const key of [a, b, c]) await caches.ohlc.set(key, { source: 'yahoo', rows });
    return { ohlc: caches.ohlc, pass, left: async () => (await caches.ohlc.getMany([a, b, c])).map(Boolean) };
  };

  it('keep their time and what JSON has no number for', async () => {
    const { ohlc } = await filled();
    ohlc.drop();
    expect(await ohlc.get(a)).toEqual({ source: 'yahoo', rows });
    await expect(ohlc.set(a, { source: 'yahoo', rows: [{ close: 1 } as never] })).rejects.toThrow('each row its time');
  });

  it.each([
    [{}, 3, [false, false, false]],
    [{ symbol: 'TCS' }, 2, [false, false, true]],
    [{ symbol: 'tcs' }, 0, [true, true, true]],
    [{ interval: '15m' }, 2, [true, false, false]],
    [{ symbol: 'TCS', interval: '15m' }, 1, [true, false, true]],
    [{ olderThanMs: hours(1) }, 3, [false, false, false]],
    [{ symbol: 'M&M', olderThanMs: hours(1) }, 1, [true, true, false]],
    [{ olderThanMs: hours(1) + 1 }, 0, [true, true, true]],
  ])('are invalidated by %j', async (filter, count, left) => {
    const { ohlc, pass, left: found } = await filled();
    pass(hours(1));
    expect(await ohlc.invalidate(filter)).toBe(count);
    expect(await found()).toEqual(left);
  });

  it('that are loaded while their symbol is invalidated are not kept', async () => {
    const { ohlc } = await filled();
    const late = day('TCS', '1h');
    await ohlc.getOrLoad(late, async () => {
      await ohlc.invalidate({ symbol: 'TCS' });
      return { source: 'yahoo', rows };
    });
    ohlc.drop();
    expect(await ohlc.get(late)).toBeUndefined();
  });

  it('of an unusable time are refused', () => {
    const { ohlc } = aProcess().caches;
    expect(() => ohlc.idOf({ ...a, from: 'yesterday' })).toThrow(
      expect.objectContaining({ code: 'CACHE_KEY_INVALID' }),
    );
  });
});

describe('scores', () => {
  const analyse = async (symbol: string) => aScore({ symbol, blend_score: symbol.length });

  // [run] of the contract: one time for all, which each analysis renewed.
  it('count from the analysis of their own symbol', async () => {
    const { caches, pass } = aProcess();
    await caches.scores.ensureScores(['A'], analyse);
    pass(hours(5));
    await caches.scores.ensureScores(['A', 'BB'], analyse);
    expect(caches.scores.space.counters.loads).toBe(2);
    pass(hours(1));
    expect((await caches.scores.getMany(['A', 'BB'])).map((score) => score?.symbol)).toEqual([undefined, 'BB']);
  });

  it('stay when an analysis fails, also when it is forced, and are left out where there is none', async () => {
    const { caches } = aProcess();
    await caches.scores.ensureScores(['A'], analyse);
    const scores = await caches.scores.ensureScores(['A', 'new'], broken, { force: true });
    expect([...scores]).toEqual([['A', await analyse('A')]]);
    expect(caches.scores.space.counters.loads).toBe(3);
  });

  // [run] of the contract: a division by zero.
  it('of no symbols are none', async () => {
    const { caches } = aProcess();
    expect([...(await caches.scores.ensureScores([], analyse))]).toEqual([]);
    expect(caches.scores.space.counters.loads).toBe(0);
  });

  it('are the same in every universe, with ranks of their own', async () => {
    const { caches } = aProcess();
    const universes = new Map([['one', ['A', 'BB']], ['two', ['BB', 'CCC']]]); // prettier-ignore
    const picks = await caches.scores.listConsistentPicks(universes, analyse, { topN: 2 });
    const shown = [...picks].map(([name, list]) => [name, list.map(({ symbol, rank }) => `${rank} ${symbol}`)]);
    expect(shown).toEqual([['one', ['1 BB', '2 A']], ['two', ['1 CCC', '2 BB']]]); // prettier-ignore
    expect(caches.scores.space.counters.loads).toBe(3);
    expect((await caches.scores.listTopPicks(['CCC', 'none', 'A'])).map(({ symbol }) => symbol)).toEqual(['CCC', 'A']);
  });
});

describe('the general cache', () => {
  const persist = { persist: true, freshMs: seconds(30) };

  it('lives for 60 s, or as long as the call says', async () => {
    const { caches: { general }, pass } = aProcess(); // prettier-ignore
    await general.getCached('a', async () => 1);
    await general.getCached('b', async () => 1, { freshMs: seconds(120) });
    pass(seconds(60));
    expect(await general.getCached('a', async () => 2)).toBe(2);
    expect(await general.getCached('b', async () => 2)).toBe(1);
  });

  // [run] of the contract: the later code with Redis fetched it again each time.
  it.each([{}, persist])('keeps a value of null like any other, with %j', async (options) => {
    const { caches: { general } } = aProcess(); // prettier-ignore
    const fetch = jest.fn(async () => null);
    for (let i = 0; i < 3; i++) expect(await general.getCached('a', fetch, options)).toBeNull();
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('tells the error of a fetch, unless the value of before was to be kept', async () => {
    const { caches: { general }, pass } = aProcess(); // prettier-ignore
    await general.getCached('a', async () => 1);
    await general.getCached('a', async () => 2, persist);
    pass(seconds(60));
    await expect(general.getCached('a', broken)).rejects.toThrow('The source is broken.');
    expect(await general.getCached('a', broken, persist)).toBe(2);
  });

  it.each([
    ['over the weekend', 'India', days(2), undefined, 1],
    ['on Monday morning, before the opening', 'India', days(2) + hours(21), undefined, 1],
    ['on Monday, after the opening', 'India', days(3), undefined, 2],
    ['on a Monday that is a holiday', 'India', days(3), { holidays: ['2026-01-12'] }, 1],
    ['in the evening, where the region is the world', 'Global', hours(10), undefined, 2],
    ['in the evening', 'India', hours(10), undefined, 1],
    ['where the region never opens', 'Mars', hours(1), undefined, 1],
    ['after eight days', 'Mars', days(8), undefined, 2],
  ])('keeps the last value %s or not', async (_when, region, laterMs, holidays, expected) => {
    const { caches: { general }, pass } = aProcess(holidays); // prettier-ignore
    await general.getCached('a', async () => 1, { ...persist, region });
    pass(laterMs);
    expect(await general.getCached('a', async () => 2, { ...persist, region })).toBe(expected);
  });

  it('fetches again what was expired by hand, also while the market is closed, and serves it until that is done', async () => {
    const { caches: { general }, pass } = aProcess(); // prettier-ignore
    await general.getCached('a', async () => 1, persist);
    pass(days(1)); // Saturday.
    await general.persistent.expire([{ key: 'a' }]);
    expect(await general.persistent.get({ key: 'a' })).toBeUndefined();
    expect(await general.getCached('a', broken, persist)).toBe(1);
    pass(seconds(10));
    const answer = () => general.persistent.getOrLoadAnswer({ key: 'a' }, async () => 2);
    expect(await answer()).toMatchObject({ value: 2, state: 'miss', isStored: true });
    pass(days(1));
    expect(await answer()).toMatchObject({ value: 2, state: 'hit' });
  });
});

describe('the memory', () => {
  it('holds three maps, counts them, and forgets what is over', async () => {
    const { caches: { memory }, pass } = aProcess(); // prettier-ignore
    await memory.session.set('a', null);
    await memory.context.set('a', { step: 1 });
    await memory.context.set('b:c', 0);
    await memory.cache.set('a', 'x', { freshMs: seconds(10) });
    expect(await memory.getStats()).toEqual({ session_items: 1, working_contexts: 2, cached_items: 1 });
    expect(await memory.session.get('a')).toBeNull();
    pass(seconds(3600));
    expect(await memory.getStats()).toEqual({ session_items: 0, working_contexts: 2, cached_items: 0 });
    pass(days(3650));
    expect(await memory.context.getAllContext()).toEqual(new Map<string, unknown>([['a', { step: 1 }], ['b:c', 0]])); // prettier-ignore
  });

  it('keeps context by the life of the entry, also null', async () => {
    const { caches: { contextMemory }, pass } = aProcess(); // prettier-ignore
    const key = { type: 'a', key: 'b' };
    await contextMemory.set(key, null, { freshMs: seconds(5) });
    expect(await contextMemory.get(key)).toBeNull();
    pass(seconds(5));
    expect(await contextMemory.get(key)).toBeUndefined();
    await expect(contextMemory.set(key, 1, { freshMs: 0 })).rejects.toMatchObject({ code: 'CACHE_OPTION_INVALID' });
  });
});
