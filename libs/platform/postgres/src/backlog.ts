import { Prisma } from './generated/client';
import type { Postgres } from './postgres';

/** What waits in a queue of the caches. A row waits from its commit until it is delivered. */
export interface CacheBacklog {
  readonly waiting: number;
  /** Of those, tried at least once. */
  readonly retried: number;
  /** How long the oldest has waited; 0 where none does. */
  readonly lagMs: number;
}

/** What waits, whoever may deliver it; nothing where the schema is older. */
export async function backlogOf(postgres: Postgres, table: 'cache_outbox' | 'cache_write_back'): Promise<CacheBacklog> {
  const [found] = await postgres.rows<{ exists: boolean }>(
    Prisma.sql`SELECT to_regclass(${table}) IS NOT NULL AS exists`,
  );
  if (!found?.exists) return { waiting: 0, retried: 0, lagMs: 0 };
  const [backlog] = await postgres.rows<CacheBacklog>(Prisma.sql`
    SELECT count(*)::float8 AS waiting, (count(*) FILTER (WHERE attempts > 0))::float8 AS retried,
           coalesce(greatest(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0), 0)::float8 AS "lagMs"
    FROM ${Prisma.raw(table)}`);
  return backlog!;
}

export const interval = (ms: number): Prisma.Sql => Prisma.sql`${ms}::float8 * interval '1 millisecond'`;
