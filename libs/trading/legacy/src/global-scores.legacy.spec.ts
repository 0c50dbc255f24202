import type { CacheRow } from '@sluice/migration';
import { entryOf, readFile, valuesOf } from './files/family.fixture';
import { globalScores } from './global-scores.legacy';

const score = (symbol: string, over: Record<string, unknown> = {}) => ({
  symbol, blend_score: 62.5, confidence: 'High', recommendation: 'Buy', is_actionable: true, recommendation_note: null,
  risk_reward_ratio: null, color_scheme: null, agents: [], key_signals: [], reasoning: '',
  analyzed_at: '2026-01-09T15:30:00Z', ...over,
}); // prettier-ignore
const file = (scores: Record<string, unknown>, timestamp: string | null = '2026-01-09T16:00:00Z'): string =>
  JSON.stringify({ timestamp, scores, ttl_hours: 6 });
const read = (content: string) => readFile(globalScores, 'score_cache.json', content);

it("is a row per symbol and one for the shared time, at the server's clock in spite of its Z", () => {
  const { rows, checked } = read(file({ TCS: score('TCS'), INFY: score('INFY', { blend_score: 0 }) }));
  const common = { real_scores: 1n };
  expect(valuesOf(rows)).toEqual([
    { entry: 'score', symbol: 'INFY', score: expect.any(String), analyzed_at: '2026-01-09T15:30:00+05:30', ...common },
    {
      entry: 'score',
      symbol: 'TCS',
      score: JSON.stringify(score('TCS')),
      analyzed_at: '2026-01-09T15:30:00+05:30',
      ...common,
    },
    { entry: 'timestamp', symbol: null, score: null, analyzed_at: '2026-01-09T16:00:00+05:30', ...common },
  ]);
  expect(checked).toMatchObject([
    { symbol: 'INFY' },
    { symbol: 'TCS', score: score('TCS'), real_scores: 1 },
    { entry: 'timestamp' },
  ]);
});

it('has nothing to tell where nothing was ever analysed', () => {
  expect(valuesOf(read(file({}, null)).rows)).toMatchObject([
    { entry: 'timestamp', analyzed_at: null, real_scores: 0n },
  ]);
});

it.each([
  ['{"timestamp": null, "scores": {', 'ends before its JSON does'],
  ['{"timestamp": null, "ttl_hours": 6}', 'has no scores'],
  [file({ TCS: { blend_score: 1 } }), 'has no text analyzed_at'],
])('is refused as a whole: %s', (content, fault) => expect(() => read(content)).toThrow(fault));

describe('an entry', () => {
  const nowMs = Date.UTC(2026, 0, 9, 12);
  const hour = 3_600_000;
  const row: CacheRow = {
    entry: 'score', symbol: 'TCS', score: JSON.stringify(score('TCS')), analyzed_at: nowMs - hour, real_scores: 1n,
  }; // prettier-ignore
  const made = (over: CacheRow) => entryOf(globalScores, { ...row, ...over }, nowMs);

  it('is a hash that is fresh for what is left of six hours, and kept for a day after that', () => {
    const entry = made({});
    expect(entry).toMatchObject({ key: 'scores:global:TCS', type: 'hash', ttlMs: 29 * hour });
    expect('value' in entry && JSON.parse(entry.value)).toMatchObject({ blend_score: '62.5', is_actionable: 'true' });
  });

  it('is the shared time as text, for what is left of six hours', () => {
    expect(made({ entry: 'timestamp', symbol: null, score: null })).toEqual({
      ...{ key: 'scores:cache_timestamp', value: '2026-01-09T11:00:00.000Z', ttlMs: 5 * hour },
    });
  });

  it.each<[string, CacheRow]>([
    ['no real score: every one in the file is 0', { real_scores: 0n }],
    ['expired', { analyzed_at: nowMs - 6 * hour }],
    ['nothing was ever analysed', { analyzed_at: null }],
  ])('is left behind: %s', (skip, over) => expect(made(over)).toEqual({ skip }));

  it.each<[string, Record<string, unknown>]>([
    ['The symbol', { symbol: 'INFY' }],
    ['blend_score of a cache value is not a finite number.', { blend_score: null }],
    ['A cache value has a member without a field', { more: 1 }],
  ])('is set aside: %s', (reject, over) => {
    const entry = made({ score: JSON.stringify(score('TCS', over)) });
    expect('reject' in entry && entry.reject.toLowerCase()).toContain(reject.toLowerCase());
  });
});
