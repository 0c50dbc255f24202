import { Postgres, Prisma } from '@sluice/postgres';

/** A run of the engine on 2026-01-09: [universe, mode, UTC time of storing, number of picks, start in India]. */
type Run = readonly [universe: string, mode: string, storedAt: string, picks: number, startedAtIndia: string];

/** The thirteen runs with picks, as they were on the day that the contract's section 10 describes. */
const runsWithPicks: readonly Run[] = [
  ['nifty50', 'Intraday', '14:28:23.933306', 5, '19:56:26.097643'],
  ['nifty50', 'Intraday', '14:29:45.428164', 3, '19:56:26.097580'],
  ['banknifty', 'Intraday', '14:33:07.132108', 1, '20:02:28.576444'],
  ['nifty50', 'Intraday', '14:33:38.492786', 5, '20:01:55.210031'],
  ['banknifty', 'Futures', '14:34:39.642024', 1, '20:04:07.259499'],
  ['banknifty', 'Intraday', '14:34:57.755132', 2, '20:04:10.039006'],
  ['banknifty', 'Swing', '14:35:28.292371', 1, '20:04:57.765558'],
  ['nifty50', 'Intraday', '14:45:26.359806', 7, '20:14:00.367237'],
  ['nifty50', 'Intraday', '14:45:48.822353', 4, '20:14:00.367264'],
  ['nifty50', 'Intraday', '14:46:10.340830', 5, '20:14:34.765817'],
  ['nifty50', 'Swing', '14:47:36.732523', 1, '20:16:10.347363'],
  ['banknifty', 'Intraday', '14:50:30.038099', 6, '20:19:44.462022'],
  ['banknifty', 'Intraday', '14:51:21.202428', 2, '20:20:38.713817'],
];

/** The runs without picks: how many of each scope there were. */
const emptyRuns: readonly (readonly [universe: string, mode: string, count: number])[] = [
  ['nifty50', 'Swing', 5],
  ['nifty50', 'Options', 5],
  ['nifty50', 'Futures', 5],
  ['banknifty', 'Intraday', 1],
  ['banknifty', 'Swing', 4],
  ['banknifty', 'Options', 5],
  ['banknifty', 'Futures', 4],
];

/** All 42 in order of time. Of the 29 empty ones eleven are from 14:50 on, the last at 14:52:53.868476. */
function allRuns(): Run[] {
  const scopes = emptyRuns.flatMap(([universe, mode, count]) => Array<[string, string]>(count).fill([universe, mode]));
  const empty = scopes.map(([universe, mode], index): Run => {
    const minute = index < 18 ? 30 + Math.floor(index / 2) : 50 + Math.floor((index - 18) / 5);
    const second = String(1 + ((index * 7) % 50)).padStart(2, '0');
    const at = index === scopes.length - 1 ? '14:52:53.868476' : `14:${minute}:${second}.000${100 + index}`;
    return [universe, mode, at, 0, '20:00:00.000001'];
  });
  return [...runsWithPicks, ...empty].sort((a, b) => (a[2] < b[2] ? -1 : 1));
}

/** Stores 42 runs and 43 recommendations with the facts of the contract: none evaluated, times of India marked UTC. */
export async function storeLegacyRows(url: string): Promise<void> {
  const postgres = new Postgres({ url, poolSize: 1 });
  try {
    for (const [universe, mode, at, picks, startedAt] of allRuns()) {
      const runId = `${universe}:${mode}:2026-01-09T${at}`;
      const payload = {
        ...{ date: '2026-01-09', generated_at: `2026-01-09T${startedAt}`, universe, mode, picks_count: picks },
        picks: Array.from({ length: picks }, (_, index) => ({ rank: index + 1, symbol: `S${index}` })),
      };
      const elapsed = at === '14:46:10.340830' ? 90.05039 : 60.5;
      await postgres.rows(Prisma.sql`
        INSERT INTO top_picks_runs (run_id, universe, mode, generated_at_utc, trigger, total_analyzed, filtered_count,
                                    picks_count, elapsed_sec, payload)
        VALUES (${runId}, ${universe}, ${mode}, ${`2026-01-09T${at}Z`}::timestamptz, 'backfill',
                ${universe === 'nifty50' ? 50 : 12}, 0, ${picks}, ${elapsed}, ${JSON.stringify(payload)}::jsonb)`);
      for (let rank = 1; rank <= picks; rank += 1) {
        await postgres.rows(Prisma.sql`
          INSERT INTO ai_recommendations (symbol, mode, universe, source, recommendation, direction, generated_at_utc,
                                          score_blend, confidence, run_id, rank_in_run, policy_version, features_json)
          VALUES (${`S${rank - 1}`}, ${mode}, ${universe.toUpperCase()}, 'backfill', 'Buy', 'LONG',
                  ${`2026-01-09T${startedAt}Z`}::timestamptz, 62.5, 'Medium', ${runId}, ${rank}, '1.0', '{}'::jsonb)`);
      }
    }
  } finally {
    await postgres.close();
  }
}

/** Evaluated recommendations of yesterday, with these results in percent. */
export async function storeEvaluated(url: string, mode: string, results: readonly number[]): Promise<void> {
  const postgres = new Postgres({ url, poolSize: 1 });
  try {
    for (const result of results) {
      await postgres.rows(Prisma.sql`
        INSERT INTO ai_recommendations (symbol, mode, universe, source, recommendation, direction, generated_at_utc,
                                        evaluated, pnl_pct, exit_time_utc)
        VALUES ('E', ${mode}, 'NIFTY50', 'hourly', 'Sell', 'SHORT', now() - interval '1 day', true, ${result}::float8,
                '2026-01-09T10:00:00.000005Z'::timestamptz)`);
    }
  } finally {
    await postgres.close();
  }
}
