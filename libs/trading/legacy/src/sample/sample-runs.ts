import type { DatabaseSyncInstance as DatabaseSync } from '@photostructure/sqlite';
import { BulkInsert } from './bulk-insert';
import { makeExit, type Exit } from './exits';
import { indiaOffset, isoTime } from './legacy-time';
import { pythonJson } from './python-json';
import type { RunPlan } from './sample-plan';
import { enginePayload, features, type Pick, type Run } from './top-picks';

/** System C, table: the stored runs, with the ids that the legacy AUTOINCREMENT had given them. */
export function writeRuns(database: DatabaseSync, plan: RunPlan, onRow: () => void): void {
  const columns = [
    'id',
    'run_id',
    'universe',
    'mode',
    'generated_at_utc',
    'trigger',
    'total_analyzed',
    'filtered_count',
    'picks_count',
    'elapsed_sec',
    'payload',
  ];
  const insert = new BulkInsert(database, 'top_picks_runs', columns);
  for (let id = plan.deleted + 1; id <= plan.total; id++) {
    const run = plan.get(id);
    insert.add([
      id,
      run.runId,
      run.universe.name,
      run.mode,
      isoTime(run.endUs),
      run.trigger,
      run.universe.size,
      run.filtered,
      run.picks.length,
      run.elapsedSec,
      pythonJson(enginePayload(run)),
    ]);
    onRow();
  }
  insert.finish();
}

const recommendationColumns = [
  'symbol',
  'mode',
  'universe',
  'source',
  'recommendation',
  'direction',
  'generated_at_utc',
  'entry_price',
  'stop_loss_price',
  'target_price',
  'score_blend',
  'confidence',
  'risk_profile',
  'run_id',
  'rank_in_run',
  'policy_version',
  'features_json',
  'evaluated',
  'evaluated_at_utc',
  'exit_price',
  'exit_time_utc',
  'exit_reason',
  'pnl_pct',
];

/** System B: one row per pick of every run, its time labelled Z but read off India's wall clock, as the engine supplied it. */
export function writeRecommendations(
  database: DatabaseSync,
  seed: number,
  nowUs: number,
  plan: RunPlan,
  onRow: () => void,
): void {
  const insert = new BulkInsert(database, 'ai_recommendations', recommendationColumns, 10);
  for (let id = 1; id <= plan.total; id++) {
    const run = plan.get(id);
    for (const pick of run.picks) {
      insert.add(recommendation(run, pick, makeExit(seed, run, pick, nowUs)));
      onRow();
    }
  }
  insert.finish();
}

function recommendation(run: Run, pick: Pick, exit: Exit | null): (string | number | null)[] {
  // Now and then the payload's time was aware, so the label is right; and where storing the run failed there is no run id.
  const labelledRight = run.id % 89 === 0;
  const generatedUs = labelledRight ? run.startIndiaUs - indiaOffset : run.startIndiaUs;
  const levels = pick.price === null ? [null, null] : [pick.stop, pick.target];
  return [
    pick.symbol,
    run.mode,
    run.universe.name.toUpperCase(),
    run.trigger,
    pick.recommendation,
    pick.short ? 'SHORT' : 'LONG',
    `${isoTime(generatedUs)}Z`,
    pick.price,
    ...levels,
    pick.score,
    pick.confidence,
    null,
    run.id % 97 === 0 ? null : run.runId,
    pick.rank,
    '1.0',
    pythonJson(features(run, pick)),
    ...(exit
      ? [1, `${isoTime(exit.evaluatedUs)}Z`, exit.price, `${isoTime(exit.exitUs)}Z`, exit.reason, exit.returnPct]
      : [0, null, null, null, null, null]),
  ];
}
