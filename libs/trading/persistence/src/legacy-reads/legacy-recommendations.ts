import type { ModeTotals, RecommendationFilter, RecommendationRow } from '../recommendation.repository';
import type { LegacyFiles } from './legacy-files';
import { boundText, columnsOf, orNull, real, rowsOf, text, utcZ, whereOf } from './legacy-values';

const SOURCE = { file: 'cache/ai_recommendations.db', table: 'ai_recommendations' } as const;

/** The 22 columns that `fetch_dataset` selects. */
const shown = {
  ...{ id: real, symbol: text, mode: text, universe: text, source: text, recommendation: text, direction: text },
  ...{ generated_at_utc: utcZ, entry_price: orNull(real), stop_loss_price: orNull(real), target_price: orNull(real) },
  ...{ score_blend: orNull(real), confidence: orNull(text), run_id: orNull(text), rank_in_run: orNull(real) },
  ...{ policy_version: orNull(text), evaluated: real, evaluated_at_utc: orNull(utcZ), exit_price: orNull(real) },
  ...{ exit_time_utc: orNull(utcZ), exit_reason: orNull(text), pnl_pct: orNull(real) },
};

/** System B in the legacy file: `fetch_dataset`, and what alpha by mode is computed of. */
export class LegacyRecommendations {
  constructor(private readonly files: LegacyFiles) {}

  /** As `RecommendationRepository.list`. The legacy order of ties was any; it is by descending id. */
  list({ mode, symbol, evaluatedOnly, limit, offset }: RecommendationFilter): Promise<RecommendationRow[]> {
    const { sql, params } = whereOf([
      mode !== undefined && ['mode = ?', mode],
      symbol !== undefined && ['symbol = ?', symbol],
      evaluatedOnly && ['evaluated = 1'],
    ]);
    const order = 'ORDER BY generated_at_utc DESC, id DESC LIMIT ? OFFSET ?';
    return this.files.read(SOURCE, (query) =>
      rowsOf(
        shown,
        query(
          `SELECT ${columnsOf(shown)} FROM ai_recommendations ${sql} ${order}`,
          ...params,
          BigInt(limit),
          BigInt(offset),
        ),
      ),
    );
  }

  /** As `RecommendationRepository.totalsByMode`. */
  async totalsByMode(since: string): Promise<ModeTotals[]> {
    // The column ends with `Z`, as the text that the legacy code compares it with.
    const window = {
      column: 'generated_at_utc',
      from: ['>=', `${boundText(since, 'T')}Z`],
      where: 'evaluated = 1 AND ',
    } as const;
    const select = 'SELECT mode, pnl_pct FROM ai_recommendations WHERE pnl_pct IS NOT NULL AND';
    const byMode = new Map<string, number[]>();
    await this.files.readSlices(
      SOURCE,
      window,
      (query, { sql, params }) => query(`${select} ${sql}`, ...params),
      (rows) => {
        for (const [mode = null, pnl = null] of rows) pnlsOf(byMode, text(mode)).push(real(pnl));
      },
    );
    return [...byMode].sort(([a], [b]) => (a < b ? -1 : 1)).map(([mode, pnls]) => totalsOf(mode, pnls));
  }
}

function pnlsOf(byMode: Map<string, number[]>, mode: string): number[] {
  const known = byMode.get(mode) ?? [];
  byMode.set(mode, known);
  return known;
}

function totalsOf(mode: string, pnls: readonly number[]): ModeTotals {
  const sorted = Float64Array.from(pnls).sort();
  return {
    ...{ mode, trades: pnls.length, wins: pnls.filter((pnl) => pnl > 0).length },
    pnlSum: pnls.reduce((sum, pnl) => sum + pnl, 0),
    lowerMiddlePnl: sorted[Math.ceil(sorted.length / 2) - 1]!,
    upperMiddlePnl: sorted[Math.floor(sorted.length / 2)]!,
  };
}
