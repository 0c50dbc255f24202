import { Injectable } from '@nestjs/common';
import { DomainError, systemClock } from '@sluice/core';
import { PolicyRepository, TradeRepository, type PolicyRow } from '@sluice/trading-persistence';
import { isDay, utcDayOf } from '../legacy-time';
import { dayAfter } from '../india-day';
import { memberAt, entriesOf } from '../json-members';
import type { DailyMetricsAnswer, ModeMetricsAnswer, PolicyMetricsAnswer } from './rl-metrics.response';

/** The days of a report are none, or in the wrong order. */
export class MetricsDaysError extends DomainError {
  readonly code = 'TRADING_METRICS_DAYS';
  readonly kind = 'usage';

  constructor() {
    super('start_date and end_date must be days like 2026-01-09, the first not after the last.');
  }
}

/** The legacy report on policies. */
@Injectable()
export class RlMetricsService {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly trades: TradeRepository,
  ) {}

  /** What the active policy knows of each mode; of one mode in any case. */
  async ofPolicy(mode: string | undefined): Promise<PolicyMetricsAnswer> {
    const active = await this.policies.findActive();
    const modes = active ? modesOf(active.metrics) : [];
    const isWanted = ({ mode: name }: ModeMetricsAnswer): boolean => !mode || name.toLowerCase() === mode.toLowerCase();
    return { policy: policyOf(active), modes: modes.filter(isWanted) };
  }

  /** How the picks of some days did at the end of their day. Throws `TRADING_METRICS_DAYS`. */
  async ofDays(
    mode: string | undefined,
    start: string | undefined,
    end: string | undefined,
  ): Promise<DailyMetricsAnswer> {
    const to = end ?? utcDayOf(systemClock.nowMs());
    const from = start ?? (isDay(to) ? dayAfter(to, -6) : to);
    if (!isDay(from) || !isDay(to) || from > to) throw new MetricsDaysError();
    const [active, daily] = await Promise.all([this.policies.findActive(), this.trades.listDaily(from, to, mode)]);
    return { policy: policyOf(active), daily };
  }
}

function policyOf(policy: PolicyRow | null): PolicyMetricsAnswer['policy'] {
  if (!policy) return null;
  const { policy_id, name, status, created_at, updated_at, activated_at, deactivated_at } = policy;
  return { policy_id, name, status, created_at, updated_at, activated_at, deactivated_at };
}

function modesOf(metrics: unknown): ModeMetricsAnswer[] {
  const names = ['exit_profiles', 'bandit'].flatMap((section) => entriesOf(memberAt(metrics, section)));
  return [...new Set(names.map(([name]) => name))].sort().map((mode) => {
    const best = memberAt(metrics, 'best_exit_profiles', mode, 'id');
    const profiles = entriesOf(memberAt(metrics, 'exit_profiles', mode));
    const contexts = entriesOf(memberAt(metrics, 'bandit', mode, 'contexts'));
    const actions = contexts.flatMap(([, context]) => entriesOf(memberAt(context, 'actions')));
    return {
      mode,
      last_evaluated_at: memberAt(metrics, 'last_evaluated_at_by_mode', mode) ?? null,
      sample: memberAt(metrics, 'sample_by_mode', mode) ?? null,
      profiles: profiles.map(([id, result]) => ({
        id,
        ...Object.fromEntries(entriesOf(result)),
        is_best: id === best,
      })),
      bandit: { contexts: contexts.length, actions: actions.length },
    };
  });
}
