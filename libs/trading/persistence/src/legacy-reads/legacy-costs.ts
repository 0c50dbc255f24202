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

/** Of a model on a day. */
const share = {
  ...{ model: text, date: text, requests: real, tokensInput: orNull(real), tokensOutput: orNull(real), cost: real },
};
type Share = ReturnType<typeof rowsOf<typeof share>>[number];

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : a + b);

function summed(shares: readonly Share[]): Omit<Share, 'model' | 'date'> {
  const none = { requests: 0, tokensInput: null, tokensOutput: null, cost: 0 };
  return shares.reduce(
    (sum: Omit<Share, 'model' | 'date'>, one) => ({
      requests: sum.requests + one.requests,
      tokensInput: plus(sum.tokensInput, one.tokensInput),
      tokensOutput: plus(sum.tokensOutput, one.tokensOutput),
      cost: sum.cost + one.cost,
    }),
    none,
  );
}

const by = (name: 'model' | 'date', shares: readonly Share[]): [string, number, number][] =>
  [...new Set(shares.map((one) => one[name]))].map((value) => {
    const { requests, cost } = summed(shares.filter((one) => one[name] === value));
    return [value, requests, cost];
  });

/** System A in the legacy file: `get_daily_spend` and `get_usage_stats`, unrounded. */
export class LegacyCosts {
  constructor(private readonly files: LegacyFiles) {}

  /** As `LlmRequestRepository.spendOf`. */
  async spendOf(day: string): Promise<string> {
    let spent = 0;
    await this.files.readSlices(
      SOURCE,
      { column: 'id', from: ['>=', -(2n ** 63n)] },
      (query, { sql, params }) =>
        query(`SELECT sum(cost_usd) FROM llm_requests WHERE date(created_at) = ? AND ${sql}`, day, ...params),
      ([[sum = null] = []]) => (spent += real(sum ?? 0)),
    );
    return decimalOf(spent);
  }

  /** As `LlmUsageRepository.since`. Models of one cost by name. */
  async since(instant: string): Promise<LlmUsage> {
    const after = boundText(instant, ' ');
    const select = `SELECT model, date(created_at), count(*), sum(tokens_input), sum(tokens_output), coalesce(sum(cost_usd), 0)
      FROM llm_requests WHERE`;
    const shares: Share[] = [];
    await this.files.readSlices(
      SOURCE,
      { column: 'created_at', from: ['>', after] },
      (query, { sql, params }) => query(`${select} ${sql} GROUP BY model, date(created_at)`, ...params),
      (rows) => shares.push(...rowsOf(share, rows)),
    );
    const { requests, tokensInput, tokensOutput, cost } = summed(shares);
    return {
      ...{ requests, tokensInput, tokensOutput, cost: decimalOf(cost) },
      averageCost: (cost / Math.max(requests, 1)).toFixed(16),
      models: by('model', shares)
        .map(([model, count, sum]) => ({
          model,
          requests: count,
          cost: decimalOf(sum),
          defaultPriced: !PRICED.has(model),
        }))
        .sort((a, b) => Number(b.cost) - Number(a.cost) || (a.model < b.model ? -1 : 1)),
      days: by('date', shares)
        .map(([date, count, sum]) => ({ date, requests: count, cost: decimalOf(sum) }))
        .sort((a, b) => (a.date < b.date ? 1 : -1)),
    };
  }
}
