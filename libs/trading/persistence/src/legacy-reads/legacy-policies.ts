import type { PolicyRow } from '../policies/policy.repository';
import type { DailyTrades } from '../policies/trade.repository';
import type { LegacyFiles } from './legacy-files';
import { columnsOf, json, orNull, real, rowsOf, text, utcZ, whereOf } from './legacy-values';

const POLICIES = { file: 'cache/ai_recommendations.db', table: 'rl_policies' } as const;
const PICKS = { ...POLICIES, table: 'pick_events' } as const;

const policy = {
  ...{ id: real, policy_id: text, name: text, description: orNull(text), status: text, config_json: json },
  ...{ metrics_json: json, created_at: utcZ, updated_at: utcZ, activated_at: orNull(utcZ) },
  deactivated_at: orNull(utcZ),
};
const daily = {
  ...{ date: text, mode: text, trades: real, avg_ret_close_pct: orNull(real), avg_max_drawdown_pct: orNull(real) },
  ...{ win_rate: real, hit_target_rate: real, hit_stop_rate: real },
};

/** Policies and the results of picks in the legacy file: `get_active_rl_policy`, and the report by day. */
export class LegacyPolicies {
  constructor(private readonly files: LegacyFiles) {}

  /** As `PolicyRepository.findActive`; of several the one that was activated last. It has no version. */
  findActive(): Promise<PolicyRow | null> {
    const sql = `SELECT ${columnsOf(policy)} FROM rl_policies WHERE status = 'ACTIVE' ORDER BY activated_at DESC LIMIT 1`;
    return this.files.read(POLICIES, (query) => {
      const [found] = rowsOf(policy, query(sql));
      if (!found) return null;
      const { config_json: config, metrics_json: metrics, ...rest } = found;
      return { ...rest, config: config ?? {}, metrics, version: '' };
    });
  }

  /** As `TradeRepository.listDaily`. */
  listDaily(from: string, to: string, mode: string | undefined): Promise<DailyTrades[]> {
    const { sql, params } = whereOf([
      ["o.evaluation_horizon = 'EOD'"],
      ['p.trade_date BETWEEN ? AND ?', from, to],
      mode !== undefined && ['p.mode = ?', mode],
    ]);
    const rate = (isHit: string): string => `100.0 * avg(coalesce(${isHit}, 0))`;
    const select = `SELECT p.trade_date, p.mode, count(*), avg(o.ret_close_pct), avg(o.max_drawdown_pct),
        ${rate('o.ret_close_pct > 0')}, ${rate('o.hit_target')}, ${rate('o.hit_stop')}
      FROM pick_events AS p JOIN pick_outcomes AS o USING (pick_uuid) ${sql}
      GROUP BY p.trade_date, p.mode ORDER BY p.trade_date DESC, p.mode`;
    return this.files.read(PICKS, (query) => rowsOf(daily, query(select, ...params)));
  }
}
