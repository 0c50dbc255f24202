import { Injectable } from '@nestjs/common';
import { Postgres, Prisma } from '@sluice/postgres';
import { equals, utcText, where } from '../legacy-sql';
import { recommendationColumns, type RecommendationRow } from '../recommendation.repository';

/** All columns; `version` changes with each update of the row. */
export interface RecommendationDetail extends RecommendationRow {
  readonly risk_profile: string | null;
  readonly max_drawdown_pct: number | null;
  readonly alpha_vs_benchmark: number | null;
  readonly features_json: unknown;
  readonly labels_json: unknown;
}

export interface RecommendationPage {
  readonly mode?: string | undefined;
  readonly symbol?: string | undefined;
  readonly universe?: string | undefined;
  readonly run_id?: string | undefined;
  readonly evaluated?: boolean | undefined;
  readonly limit: number;
  /** Only what follows these in the order. */
  readonly after: { readonly generatedAtUtc: string; readonly id: string } | null;
}

/** A recommendation whose end is not known yet, as much of it as is needed to find out. */
export interface OpenRecommendation {
  readonly id: number;
  readonly symbol: string;
  readonly mode: string;
  readonly recommendation: string;
  /** Milliseconds since 1970. */
  readonly generatedAtMs: number;
  /** The same to the microsecond: ISO 8601 with `Z`. */
  readonly generatedAtUtc: string;
  readonly entryPrice: number;
}

/** How the evaluated recommendations of a mode and policy did; those without a result count as 0. */
export interface PolicyGroup {
  readonly mode: string;
  readonly policy_version: string;
  readonly count: number;
  readonly avg_pnl_pct: number;
}

/** Recommendations as a resource, and what evaluation and the policy learner read of them. */
@Injectable()
export class RecommendationResourceRepository {
  constructor(private readonly postgres: Postgres) {}

  /** Newest first; rows of one time by descending id. */
  async list(page: RecommendationPage): Promise<RecommendationRow[]> {
    const { mode, symbol, universe, run_id: runId, evaluated, limit, after } = page;
    return this.postgres.rows<RecommendationRow>(Prisma.sql`
      SELECT ${recommendationColumns} FROM ai_recommendations AS r
      ${where([
        mode !== undefined && equals('mode', mode),
        symbol !== undefined && equals('symbol', symbol),
        universe !== undefined && equals('universe', universe),
        runId !== undefined && equals('run_id', runId),
        evaluated !== undefined && Prisma.sql`evaluated = ${evaluated}`,
        after !== null &&
          Prisma.sql`(r.generated_at_utc, r.id) < (${after.generatedAtUtc}::timestamptz, ${after.id}::bigint)`,
      ])}
      ORDER BY r.generated_at_utc DESC, r.id DESC
      LIMIT ${limit}`);
  }

  /** Null where there is none. */
  async find(id: bigint): Promise<{ readonly row: RecommendationDetail; readonly version: string } | null> {
    const [found] = await this.postgres.rows<RecommendationDetail & { version: string }>(Prisma.sql`
      SELECT ${recommendationColumns}, risk_profile, max_drawdown_pct, alpha_vs_benchmark, features_json, labels_json,
             xmin::text AS version
      FROM ai_recommendations WHERE id = ${id}::bigint`);
    if (!found) return null;
    const { version, ...row } = found;
    return { row, version };
  }

  /** The oldest open ones of some modes that have a price to compare with; only what follows `after` in their order. */
  async listOpen(
    modes: readonly string[],
    limit: number,
    after: Pick<OpenRecommendation, 'id' | 'generatedAtUtc'> | null = null,
  ): Promise<OpenRecommendation[]> {
    const isBehind = after
      ? Prisma.sql`AND (r.generated_at_utc, r.id) > (${after.generatedAtUtc}::timestamptz, ${after.id}::bigint)`
      : Prisma.empty;
    return this.postgres.rows<OpenRecommendation>(Prisma.sql`
      SELECT id::float8 AS id, symbol, mode, recommendation, entry_price AS "entryPrice",
             (extract(epoch FROM generated_at_utc) * 1000)::float8 AS "generatedAtMs",
             ${utcText('generated_at_utc')} || 'Z' AS "generatedAtUtc"
      FROM ai_recommendations AS r
      WHERE NOT evaluated AND entry_price <> 0 AND entry_price > '-Infinity' AND entry_price < 'Infinity'
        AND mode = ANY(${[...modes]}::text[]) ${isBehind}
      ORDER BY r.generated_at_utc, r.id
      LIMIT ${limit}`);
  }

  /** By mode and policy, in code point order; and the policy of the newest evaluated row that names one. */
  async policyGroups(): Promise<{ readonly groups: PolicyGroup[]; readonly latestPolicy: string | null }> {
    const groups = await this.postgres.rows<PolicyGroup>(Prisma.sql`
      SELECT mode, coalesce(policy_version, '') AS policy_version, count(*)::float8 AS count,
             avg(coalesce(pnl_pct, 0)) AS avg_pnl_pct
      FROM ai_recommendations WHERE evaluated
      GROUP BY mode, coalesce(policy_version, '')
      ORDER BY mode COLLATE "C", coalesce(policy_version, '') COLLATE "C"`);
    const [latest] = await this.postgres.rows<{ policy: string }>(Prisma.sql`
      SELECT policy_version AS policy FROM ai_recommendations
      WHERE evaluated AND policy_version IS NOT NULL
      ORDER BY generated_at_utc DESC, id DESC LIMIT 1`);
    return { groups, latestPolicy: latest?.policy ?? null };
  }
}
