import type { LlmUsage } from '../costs/llm-usage.repository';
import type { LegacyFiles } from './legacy-files';
import { LegacySideAwayError } from './legacy-reads.errors';
import { boundText, orNull, real, rowsOf, text } from './legacy-values';

const SOURCE = { file: 'cache/llm_costs.db', table: 'llm_requests' } as const;

/** Models with a price of their own in the legacy code; it compares their names exactly. */
const PRICED = new Set(['gpt-3.5-turbo', 'gpt-4-turbo', 'gpt-4']);

/** Sums of doubles in US dollars: what is beyond eight decimals is noise of their binary form. */
function decimalOf(sum: number): string {
  if (!Number.isFinite(sum)) throw new LegacySideAwayError(SOURCE.file, 'holds a cost that is no amount');
  return Math.abs(sum) < 1e21 ? sum.toFixed(8).replace(/\.?0+$/, '') : BigInt(sum).toString();
}

const totals = { requests: real, tokensInput: orNull(real), tokensOutput: orNull(real), cost: real };
const byModel = { model: text, requests: real, cost: real };
const byDay = { date: text, requests: real, cost: real };

/** System A in the legacy file: `get_daily_spend` and `get_usage_stats`, unrounded. */
export class LegacyCosts {
  constructor(private readonly files: LegacyFiles) {}

  /** As `LlmRequestRepository.spendOf`. */
  spendOf(day: string): Promise<string> {
    return this.files.read(SOURCE, (query) => {
      const [row] = query('SELECT coalesce(sum(cost_usd), 0) FROM llm_requests WHERE date(created_at) = ?', day);
      return decimalOf(real(row?.[0] ?? 0));
    });
  }

  /** As `LlmUsageRepository.since`. Models of one cost by name. */
  since(instant: string): Promise<LlmUsage> {
    const after = boundText(instant, ' ');
    return this.files.read(SOURCE, (query) => {
      const select = (columns: string, rest = '') =>
        query(`SELECT ${columns} FROM llm_requests WHERE created_at > ? ${rest}`, after);
      const sums = 'count(*), coalesce(sum(cost_usd), 0)';
      const [all] = rowsOf(
        totals,
        select('count(*), sum(tokens_input), sum(tokens_output), coalesce(sum(cost_usd), 0)'),
      );
      const models = rowsOf(byModel, select(`model, ${sums}`, 'GROUP BY model'));
      const days = rowsOf(byDay, select(`date(created_at), ${sums}`, 'GROUP BY date(created_at) ORDER BY 1 DESC'));
      const { requests, tokensInput, tokensOutput, cost } = all!;
      return {
        ...{ requests, tokensInput, tokensOutput, cost: decimalOf(cost) },
        averageCost: (cost / Math.max(requests, 1)).toFixed(16),
        models: models
          .map((one) => ({ ...one, cost: decimalOf(one.cost), defaultPriced: !PRICED.has(one.model) }))
          .sort((a, b) => Number(b.cost) - Number(a.cost) || (a.model < b.model ? -1 : 1)),
        days: days.map((one) => ({ ...one, cost: decimalOf(one.cost) })),
      };
    });
  }
}
