import { Prisma } from './generated/client';
import type { Postgres } from './postgres';

/** A domain with a mode, and what waits between its two sides. */
export interface DomainTraffic {
  readonly domain: string;
  readonly mode: string;
  /** Rows that wait to be carried into the legacy files. */
  readonly waiting: number;
  /** Those that a legacy file refused. */
  readonly dead: number;
  /** How long the oldest has waited; 0 where none does. */
  readonly oldestSeconds: number;
  /** Rows that the sides did not agree on and that nobody has settled. */
  readonly divergences: number;
}

/** Reads what is under way between legacy files and PostgreSQL. */
export class DomainStates {
  constructor(private readonly postgres: Postgres) {}

  /** By name; empty where nothing moves, or the schema is older. */
  async list(): Promise<DomainTraffic[]> {
    const [found] = await this.postgres.rows<{ exists: boolean }>(Prisma.sql`
      SELECT to_regclass('migration_domains') IS NOT NULL AS exists`);
    if (!found?.exists) return [];
    return this.postgres.rows<DomainTraffic>(Prisma.sql`
      SELECT d.name AS domain, d.mode, waits.waiting, waits.dead, waits."oldestSeconds",
             (SELECT count(*)::int FROM migration_divergences AS v WHERE v.domain = d.name AND v.settled_at IS NULL) AS divergences
      FROM migration_domains AS d CROSS JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE dead_at IS NULL))::int AS waiting,
               (count(*) FILTER (WHERE dead_at IS NOT NULL))::int AS dead,
               coalesce(extract(epoch FROM clock_timestamp() - min(queued_at) FILTER (WHERE dead_at IS NULL)), 0)::float8
                 AS "oldestSeconds"
        FROM migration_outbox WHERE table_name = ANY(d.tables)
      ) AS waits
      ORDER BY d.name COLLATE "C"`);
  }

  /**
   * How many milliseconds ago a domain's sides were last known to be in step: every table was followed to its end then, and no row
   * waits for a legacy file now. Null where they are not, or nobody follows. Rows that a legacy file has refused
   * do not count: they will differ until somebody settles it.
   */
  async inStepAgo(domain: string): Promise<number | null> {
    const [found] = await this.postgres.rows<{ ms: number | null }>(Prisma.sql`
      SELECT (CASE WHEN count(f.caught_up_at) FILTER (WHERE f.state = 'following') = cardinality(d.tables)
        AND NOT EXISTS (SELECT 1 FROM migration_outbox AS o WHERE o.table_name = ANY(d.tables) AND o.dead_at IS NULL)
        THEN extract(epoch FROM clock_timestamp() - min(f.caught_up_at)) * 1000 END)::float8 AS ms
      FROM migration_domains AS d LEFT JOIN migration_follow AS f ON f.table_name = ANY(d.tables)
      WHERE d.name = ${domain} GROUP BY d.name`);
    return found?.ms ?? null;
  }
}
