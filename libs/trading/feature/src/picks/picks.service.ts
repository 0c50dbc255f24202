import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { systemClock } from '@sluice/core';
import type { Transaction } from '@sluice/postgres';
import {
  PickRepository,
  PickWriter,
  type OutcomeRow,
  type PickRow,
  type StoredOutcome,
  type WholePick,
  type WrittenOutcome,
} from '@sluice/trading-persistence';
import { assertMatches, type Preconditions } from '../http/entity-tag';
import { cursorForms, Listing } from '../http/listing';
import type { Page } from '../http/page';
import { RequestInvalidError } from '../http/request.pipe';
import { nowText, parseBound } from '../legacy-time';
import { ANY_DISTANCE, exitOutcome, nearestPick } from './exit.rules';
import { indianDayOf } from '../india-day';
import { ExitUnmatchedError, OutcomeUnknownError, PickUnknownError } from './picks.errors';
import type { ExitBody, OutcomeBody, OutcomePath, PickBody, PicksQuery } from './picks.request';
import type { ExitAnswer, WholePickAnswer } from './picks.response';

const listing = new Listing<PickRow>({
  ...{ name: 'picks', forms: [cursorForms.id], isWide: true },
  keyOf: ({ id }) => [String(id)],
});

/** Picks as they were signalled, and what became of them. */
@Injectable()
export class PicksService {
  constructor(
    private readonly picks: PickRepository,
    private readonly writer: PickWriter,
  ) {}

  /** Stores a pick and what the agents said of it, in the caller's transaction: all of it or nothing. */
  async log(tx: Transaction, { contributions = [], ...body }: PickBody): Promise<WholePickAnswer> {
    const signalTs = timeOf(body.signal_ts);
    const said = contributions.map(({ agent_name, score = null, confidence = null, metadata }) => {
      return { agent_name, score, confidence, metadata: metadata ?? {} };
    });
    const pick = await this.writer.insert(
      tx,
      {
        ...{ source: body.source, mode: body.mode, signal_price: body.signal_price, signal_ts: signalTs },
        pick_uuid: randomUUID().replaceAll('-', ''),
        symbol: body.symbol.toUpperCase(),
        direction: body.direction.toUpperCase(),
        trade_date: body.trade_date ?? dayOf(signalTs),
        recommended_entry: body.recommended_entry ?? null,
        recommended_target: body.recommended_target ?? null,
        recommended_stop: body.recommended_stop ?? null,
        time_horizon: body.time_horizon ?? null,
        blend_score: body.blend_score ?? null,
        recommendation: body.recommendation ?? null,
        confidence: body.confidence ?? null,
        regime: body.regime ?? null,
        risk_profile_bucket: body.risk_profile_bucket ?? null,
        mode_bucket: body.mode_bucket ?? null,
        universe: body.universe?.toUpperCase() ?? null,
        extra_context: body.extra_context ?? {},
      },
      said,
    );
    return { ...pick, contributions: said, outcomes: [] };
  }

  /** The newest first. Throws `API_REQUEST_INVALID` for a cursor of another listing. */
  list({ limit, cursor, symbol, universe, ...filter }: PicksQuery): Promise<Page<PickRow>> {
    const wanted = { ...filter, symbol: symbol?.toUpperCase(), universe: universe?.toUpperCase() };
    return listing.page({ limit, cursor }, (after, count) => this.picks.list(wanted, after?.[0] ?? null, count));
  }

  /** Throws `TRADING_PICK_UNKNOWN`. */
  async get(uuid: string): Promise<WholePickAnswer> {
    const found: WholePick | null = await this.picks.find(uuid);
    if (!found) throw new PickUnknownError();
    return { ...found.pick, contributions: found.contributions, outcomes: found.outcomes };
  }

  /** Throws `TRADING_OUTCOME_UNKNOWN`. */
  async getOutcome({ uuid, horizon }: OutcomePath): Promise<StoredOutcome> {
    const found = await this.picks.findOutcome(uuid, horizon);
    if (!found) throw new OutcomeUnknownError();
    return found;
  }

  /** Replaces all of an outcome, or adds it. Throws `TRADING_PICK_UNKNOWN`, and `TRADING_OUTDATED` where a precondition fails. */
  async putOutcome(
    tx: Transaction,
    { uuid, horizon }: OutcomePath,
    body: OutcomeBody,
    conditions: Preconditions,
  ): Promise<WrittenOutcome> {
    if (!(await this.writer.exists(tx, uuid))) throw new PickUnknownError();
    const current = await this.writer.lockOutcome(tx, uuid, horizon);
    assertMatches(conditions, current);
    const written = await this.writer.replaceOutcome(tx, { pickUuid: uuid, outcome: outcomeOf(body, horizon) });
    // There was no row to hold, and somebody made one meanwhile: that one is kept.
    if (current === null && !written.isNew) assertMatches(conditions, written.version);
    return written;
  }

  /**
   * Stores what an exit tells as the outcome of the scalping pick that it is of; a later exit of the same pick replaces it.
   * The day of its pick is that of the entry in UTC, as it was: while the market is open it is India's day as well. Throws
   * `TRADING_EXIT_UNMATCHED`.
   */
  async logExit(tx: Transaction, body: ExitBody): Promise<ExitAnswer> {
    const entry = timeOf(body.entry_time);
    const candidates = await this.writer.listScalping(tx, body.symbol.toUpperCase(), entry.slice(0, 10));
    const match = nearestPick(
      { entryMs: Date.parse(entry), entryPrice: body.entry_price ?? null },
      candidates,
      body.any_distance ? ANY_DISTANCE : { minutes: body.tolerance_minutes, pct: body.tolerance_pct },
    );
    if (!match) throw new ExitUnmatchedError(candidates.length);
    const told = {
      exitPrice: body.exit_price ?? null,
      returnPct: body.return_pct ?? null,
      reason: body.exit_reason ?? null,
      endTs: timeOf(body.exit_time),
    };
    const pickUuid = match.candidate.pick_uuid;
    const { outcome } = await this.writer.replaceOutcome(tx, { pickUuid, outcome: exitOutcome(told, body.horizon) });
    return {
      pick_uuid: pickUuid,
      score: match.score,
      distance_minutes: match.minutes,
      distance_pct: match.pct,
      outcome,
    };
  }
}

/** As UTC to the microsecond; now where there is none. The request was checked. */
const timeOf = (text: string | null | undefined): string => parseBound(text ?? undefined) ?? nowText(systemClock);

/** The day in India. Throws `API_REQUEST_INVALID` for the last hours of the year 9999, which are of no year that a date has. */
function dayOf(signalTs: string): string {
  const day = indianDayOf(Date.parse(signalTs));
  if (/^\d{4}-\d\d-\d\d$/.test(day)) return day;
  throw new RequestInvalidError([
    { pointer: '/signal_ts', detail: 'signal_ts must be on a day before the year 10000' },
  ]);
}

function outcomeOf(body: OutcomeBody, horizon: string): OutcomeRow {
  return {
    evaluation_horizon: horizon,
    horizon_end_ts: timeOf(body.horizon_end_ts),
    price_close: body.price_close ?? null,
    price_high: body.price_high ?? null,
    price_low: body.price_low ?? null,
    ret_close_pct: body.ret_close_pct ?? null,
    max_runup_pct: body.max_runup_pct ?? null,
    max_drawdown_pct: body.max_drawdown_pct ?? null,
    benchmark_symbol: body.benchmark_symbol ?? null,
    benchmark_ret_pct: body.benchmark_ret_pct ?? null,
    ret_vs_benchmark_pct: body.ret_vs_benchmark_pct ?? null,
    hit_target: body.hit_target ?? null,
    hit_stop: body.hit_stop ?? null,
    outcome_label: body.outcome_label ?? null,
    notes: body.notes ?? null,
  };
}
