import type { Clock } from '@sluice/core';
import { confidenceRank, type LatestPicks } from '@sluice/trading-caching';
import { allAnswered, type HowAnswered } from '../cache-status';
import type { CachedValuesService } from '../cached-values.service';
import { dayAfter, indianDayOf, secondsOfIndianDay } from '../india-day';
import { membersOf } from '../json-members';
import { isInLastSession, parseIndianTime, utcText } from '../legacy-time';
import type { AgentPicksAnswer, TopPicksAnswer } from './stored-picks.response';

export interface TopPicksRequest {
  readonly universe: string;
  readonly mode: string;
  readonly limit: number;
  /** `low`, `medium` or `high`, in any case. */
  readonly minConfidence: string;
}

export interface AgentPicksRequest {
  readonly universe: string;
  readonly limit: number;
  /** Null for the first mode of which there are picks. */
  readonly mode: string | null;
}

interface Found {
  readonly picks: LatestPicks;
  readonly madeAtMs: number;
}

type Answered<T> = Promise<{ readonly body: T; readonly how: HowAnswered }>;

const hourS = 3600;
/** Where picks are looked for when no mode is asked for, after Intraday of this session: in this order, of any age. */
const MODES = ['Swing', 'Intraday', 'Scalping', 'Options', 'Futures'];

/** The stored picks in the shapes of the legacy routes. The engine that makes new ones is no part of this program. */
export class StoredPicksService {
  constructor(
    private readonly values: Pick<CachedValuesService, 'latestPicks'>,
    private readonly clock: Clock,
  ) {}

  /** The picks of the last session, confident enough; none where the newest ones are older. */
  async topPicks({ universe, mode, limit, minConfidence }: TopPicksRequest): Answered<TopPicksAnswer> {
    const answer = await this.values.latestPicks(universe, mode);
    const found = this.inSession(answer.value);
    const least = confidenceRank(minConfidence);
    const picks = (found?.picks.items ?? []).filter((item) => rankOf(item) >= least).slice(0, limit);
    const nowMs = this.clock.nowMs();
    const ageS = found ? Math.max(0, Math.floor((nowMs - found.madeAtMs) / 1000)) : null;
    const body: TopPicksAnswer = {
      date: indianDayOf(found?.madeAtMs ?? nowMs),
      generated_at: found?.picks.as_of ?? null,
      universe: found?.picks.universe ?? universe,
      mode: found?.picks.mode ?? mode,
      picks_count: picks.length,
      picks,
      cached: found !== null,
      cache_age_seconds: ageS,
      last_updated: found?.picks.as_of ?? null,
      next_refresh: nextRefresh(nowMs),
      metadata: {
        analysis_time_seconds: secondsOf(found?.picks),
        cache_status: ageS === null ? 'none' : ageS < hourS ? 'fresh' : 'stale',
      },
    };
    return { body, how: answer };
  }

  /** The picks of a mode and the last session; without a mode those, or the newest ones of any age. */
  async agentPicks({ universe, limit, mode }: AgentPicksRequest): Answered<AgentPicksAnswer> {
    const { found, how } = mode === null ? await this.anyMode(universe) : await this.ofMode(universe, mode);
    const date = found && indianDayOf(found.madeAtMs);
    const body: AgentPicksAnswer = {
      items: found?.picks.items.slice(0, limit) ?? [],
      as_of: found?.picks.as_of ?? null,
      universe,
      risk_profile: 'Moderate',
      primary_mode: found?.picks.mode ?? mode,
      auxiliary_modes: [],
      mode_info: { elapsed_seconds: secondsOf(found?.picks), policy_version: found?.picks['policy_version'] ?? null },
      cached: found !== null,
      session_date: date,
      previous_session: date !== null && date !== indianDayOf(this.clock.nowMs()),
    };
    return { body, how };
  }

  private async ofMode(universe: string, mode: string): Promise<{ found: Found | null; how: HowAnswered }> {
    const answer = await this.values.latestPicks(universe, mode);
    return { found: this.inSession(answer.value), how: answer };
  }

  private async anyMode(universe: string): Promise<{ found: Found | null; how: HowAnswered }> {
    const intraday = await this.ofMode(universe, 'Intraday');
    if (intraday.found) return intraday;
    const asked: HowAnswered[] = [intraday.how];
    for (const mode of MODES) {
      const answer = await this.values.latestPicks(universe, mode);
      asked.push(answer);
      const found = this.ofAnyAge(answer.value);
      if (found) return { found, how: allAnswered(asked) };
    }
    return { found: null, how: allAnswered(asked) };
  }

  private inSession(picks: LatestPicks | null): Found | null {
    const found = this.ofAnyAge(picks);
    return found && isInLastSession(found.madeAtMs, this.clock.nowMs()) ? found : null;
  }

  private ofAnyAge(picks: LatestPicks | null): Found | null {
    if (picks === null || picks.items.length === 0) return null;
    const madeAtMs = parseIndianTime(picks.as_of);
    return madeAtMs === null ? null : { picks, madeAtMs };
  }
}

function rankOf(item: unknown): number {
  const { confidence } = membersOf(item);
  return confidenceRank(typeof confidence === 'string' ? confidence : '');
}

function secondsOf(picks: LatestPicks | undefined): number | null {
  const seconds = picks?.['elapsed_seconds'];
  return typeof seconds === 'number' ? seconds : null;
}

/** Six in the morning of India's next day. */
const nextRefresh = (nowMs: number): string =>
  utcText((secondsOfIndianDay(dayAfter(indianDayOf(nowMs), 1)).from + 6 * hourS) * 1000);
