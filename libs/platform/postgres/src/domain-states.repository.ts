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
}
