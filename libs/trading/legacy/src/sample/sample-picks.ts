import type { DatabaseSyncInstance as DatabaseSync } from '@photostructure/sqlite';
import { BulkInsert } from './bulk-insert';
import { makeExit, type Exit } from './exits';
import { dateOf, day, hour, indiaOffset, isoTime, minute, second } from './legacy-time';
import { agents } from './market';
import { float, pythonJson } from './python-json';
import { Random } from './random';
import type { RowCounts, RunPlan } from './sample-plan';
import type { Pick, Run } from './top-picks';

/** A pick that was logged as an event, with its end. */
export interface PickEvent {
  readonly uuid: string;
  readonly run: Run;
  readonly pick: Pick & { readonly price: number };
  readonly signalUs: number;
  readonly exit: Exit | null;
}

/** The newest picks with a price, oldest first; at most `count`. */
export function pickEvents(seed: number, nowUs: number, plan: RunPlan, count: number): PickEvent[] {
  const events: PickEvent[] = [];
  for (let id = plan.total; id > 0 && events.length < count; id--) {
    const run = plan.get(id);
    for (const pick of [...run.picks].reverse()) {
      const { price } = pick;
      if (price === null || events.length === count) continue;
      const random = Random.for(seed, 'event', id * 64 + pick.rank);
      const signalUs = run.endUs - random.int(1000, 50_000);
      events.push({
        uuid: random.uuidHex(),
        run,
        pick: { ...pick, price },
        signalUs,
        exit: makeExit(seed, run, pick, nowUs),
      });
    }
  }
  return events.reverse();
}

/** System E: events, their contributions, their outcomes, and policies of which the newest is active. */
export function writePicks(
  database: DatabaseSync,
  seed: number,
  nowUs: number,
  events: readonly PickEvent[],
  rows: RowCounts,
  onRow: () => void,
): void {
  writeEvents(database, events, onRow);
  writeContributions(database, seed, events, rows.pick_agent_contributions, onRow);
  writeOutcomes(database, seed, events, rows.pick_outcomes, onRow);
  writePolicies(database, seed, nowUs, rows.rl_policies, onRow);
}

function writeEvents(database: DatabaseSync, events: readonly PickEvent[], onRow: () => void): void {
  const columns = [
    'pick_uuid',
    'symbol',
    'direction',
    'source',
    'mode',
    'signal_ts',
    'trade_date',
    'signal_price',
    'recommended_entry',
    'recommended_target',
    'recommended_stop',
    'time_horizon',
    'blend_score',
    'recommendation',
    'confidence',
    'mode_bucket',
    'universe',
    'extra_context',
  ];
  const insert = new BulkInsert(database, 'pick_events', columns);
  for (const { uuid, run, pick, signalUs } of events) {
    insert.add([
      uuid,
      pick.symbol,
      pick.short ? 'SHORT' : 'LONG',
      `TOP_PICKS_${run.trigger}`,
      run.mode,
      `${isoTime(signalUs)}Z`,
      dateOf(signalUs + indiaOffset),
      pick.price,
      pick.price,
      pick.target,
      pick.stop,
      'Swing',
      pick.score,
      pick.recommendation,
      pick.confidence,
      run.mode,
      run.universe.name.toUpperCase(),
      pythonJson(eventContext(run, pick)),
    ]);
    onRow();
  }
  insert.finish();
}

function eventContext(run: Run, pick: Pick): Readonly<Record<string, string | number | null>> {
  return {
    rank: pick.rank,
    run_trigger: run.trigger,
    policy_version: '1.0',
    horizon: 'Swing',
    regime_bucket: 'Range',
    vol_bucket: 'MediumVol',
    user_risk_bucket: 'Moderate',
    run_id: null,
    bandit_ctx: `${run.mode}|Range|MediumVol|Moderate`,
    ...(run.mode === 'Scalping' ? { exit_profile_id: 'SCALP_MOMENTUM' } : {}),
  };
}

function writeContributions(
  database: DatabaseSync,
  seed: number,
  events: readonly PickEvent[],
  rows: number,
  onRow: () => void,
): void {
  const random = Random.for(seed, 'pick_agent_contributions');
  const insert = new BulkInsert(database, 'pick_agent_contributions', ['pick_uuid', 'agent_name', 'score', 'metadata']);
  for (const [index, { uuid }] of events.entries()) {
    const from = Math.floor((index * rows) / events.length);
    const to = Math.floor(((index + 1) * rows) / events.length);
    for (let i = 0; i < to - from; i++) {
      insert.add([uuid, agents[i % agents.length] ?? agents[0], random.int(40, 180) / 2, '{}']);
      onRow();
    }
  }
  insert.finish();
}

function writeOutcomes(
  database: DatabaseSync,
  seed: number,
  events: readonly PickEvent[],
  rows: number,
  onRow: () => void,
): void {
  const columns = [
    'pick_uuid',
    'evaluation_horizon',
    'horizon_end_ts',
    'price_close',
    'price_high',
    'price_low',
    'ret_close_pct',
    'max_runup_pct',
    'max_drawdown_pct',
    'benchmark_symbol',
    'benchmark_ret_pct',
    'ret_vs_benchmark_pct',
    'hit_target',
    'hit_stop',
    'outcome_label',
    'notes',
  ];
  const insert = new BulkInsert(database, 'pick_outcomes', columns);
  const random = Random.for(seed, 'pick_outcomes');
  let written = 0;
  for (const event of events) {
    if (written === rows) break;
    const scalping = event.run.mode === 'Scalping';
    if (scalping && !event.exit) continue;
    insert.add(scalping && event.exit ? scalpingOutcome(event, event.exit) : endOfDayOutcome(event, random));
    written += 1;
    onRow();
  }
  insert.finish();
}

const labelOf = (returnPct: number): string => (returnPct > 0.5 ? 'WIN' : returnPct < -0.5 ? 'LOSS' : 'BREAKEVEN');

function scalpingOutcome({ uuid }: PickEvent, exit: Exit): (string | number | null)[] {
  const capture = exit.returnPct > 0 ? float(1) : exit.returnPct < 0 ? float(0) : null;
  return [
    uuid,
    'SCALPING',
    `${isoTime(exit.exitUs)}Z`,
    exit.price,
    null,
    null,
    exit.returnPct,
    null,
    null,
    null,
    null,
    null,
    exit.reason === 'TARGET_HIT' ? 1 : null,
    exit.reason === 'STOP_LOSS' ? 1 : null,
    labelOf(exit.returnPct),
    pythonJson({ exit_reason: exit.reason, capture_ratio: capture }),
  ];
}

function endOfDayOutcome({ uuid, pick, signalUs }: PickEvent, random: Random): (string | number | null)[] {
  const close = pick.price * (0.98 + random.next() * 0.04);
  const high = Math.max(pick.price, close) * 1.004;
  const low = Math.min(pick.price, close) * 0.995;
  const percent = (price: number): number => ((price - pick.price) / pick.price) * 100 * (pick.short ? -1 : 1);
  const [best, worst] = pick.short ? [low, high] : [high, low];
  const benchmark = random.decimal(-1, 1, 6);
  const returned = percent(close);
  const runup = percent(best);
  const reached = (level: number, above: boolean): number => Number(above ? high >= level : low <= level);
  const capture = runup > 0 ? (returned > 0 ? Math.min(returned / runup, 1) : 0) : null;
  return [
    uuid,
    'EOD',
    `${isoTime(Math.floor(signalUs / day) * day + 10 * hour + 30 * minute + random.int(1, second))}Z`,
    close,
    high,
    low,
    returned,
    runup,
    percent(worst),
    'NIFTY',
    benchmark,
    returned - benchmark,
    reached(pick.target, !pick.short),
    reached(pick.stop, pick.short),
    labelOf(returned),
    pythonJson({ exit_reason: null, capture_ratio: capture === null ? null : float(capture) }),
  ];
}

function writePolicies(database: DatabaseSync, seed: number, nowUs: number, rows: number, onRow: () => void): void {
  const random = Random.for(seed, 'rl_policies');
  const columns = [
    'policy_id',
    'name',
    'description',
    'created_at',
    'updated_at',
    'status',
    'config_json',
    'metrics_json',
    'activated_at',
    'deactivated_at',
  ];
  const insert = new BulkInsert(database, 'rl_policies', columns);
  const config = pythonJson({
    modes: {
      Scalping: {
        exits: {
          default_profile: 'tight',
          profiles: {
            tight: {
              name: 'Tight',
              stop: { type: 'percent', value: 0.5 },
              target: { type: 'percent', value: float(1) },
            },
          },
        },
      },
    },
  });
  for (let i = 0; i < rows; i++) {
    const createdUs = nowUs - (rows - i) * 7 * day - random.int(1, day);
    const at = (offset: number): string => `${isoTime(createdUs + offset)}Z`;
    const active = i === rows - 1;
    const metrics = pythonJson({
      exit_profiles: { Scalping: { tight: { trades: random.int(10, 90), score: random.next() } } },
    });
    insert.add([
      random.uuidHex(),
      `policy v${i + 1}`,
      i % 3 === 0 ? null : 'Weekly retraining',
      at(0),
      at(hour),
      active ? 'ACTIVE' : 'RETIRED',
      config,
      i % 4 === 3 ? null : metrics,
      at(hour),
      active ? null : at(7 * day),
    ]);
    onRow();
  }
  insert.finish();
}
