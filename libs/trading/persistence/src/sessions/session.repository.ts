import { Injectable } from '@nestjs/common';
import { Postgres, Prisma, type Transaction } from '@sluice/postgres';

/** An object of JSON. */
export type SessionData = Readonly<Record<string, unknown>>;

/** The data is a user's: what nobody has changed for so long is no session any more. */
const KEPT_FOR = '90 days';
/** How many sessions that are over a write takes away. */
const SWEPT_AT_ONCE = 20;
const MAX_BYTES = 1_048_576;

/**
 * What clients keep of a session. Two merges at the same time, in however many processes, are one after the other: the row is
 * locked by the one statement that merges. A session that is over counts as none.
 */
@Injectable()
export class SessionRepository {
  constructor(private readonly postgres: Postgres) {}

  async find(sessionId: string): Promise<SessionData | null> {
    const [found] = await this.postgres.rows<{ data: SessionData }>(Prisma.sql`
      SELECT data FROM memory_sessions WHERE session_id = ${sessionId} AND updated_at >= ${begin}`);
    return found?.data ?? null;
  }

  /** All of the session after the merge, in which each member of `data` is as given. Null where that is over 1 MiB. */
  async merge(tx: Transaction, sessionId: string, data: SessionData): Promise<SessionData | null> {
    const merged = Prisma.sql`CASE WHEN kept.updated_at < ${begin} THEN excluded.data ELSE kept.data || excluded.data END`;
    const fits = (json: Prisma.Sql) => Prisma.sql`octet_length((${json})::text) <= ${MAX_BYTES}::int`;
    const [stored] = await tx.$queryRaw<{ data: SessionData }[]>(Prisma.sql`
      WITH swept AS (
        DELETE FROM memory_sessions WHERE session_id IN (
          SELECT session_id FROM memory_sessions WHERE updated_at < ${begin} AND session_id <> ${sessionId}
          ORDER BY updated_at LIMIT ${SWEPT_AT_ONCE}::bigint FOR UPDATE SKIP LOCKED
        )
      )
      INSERT INTO memory_sessions AS kept (session_id, data, updated_at)
      SELECT ${sessionId}, given.data, clock_timestamp()
      FROM (SELECT ${JSON.stringify(data)}::jsonb AS data) AS given WHERE ${fits(Prisma.sql`given.data`)}
      ON CONFLICT (session_id) DO UPDATE SET data = ${merged}, updated_at = excluded.updated_at WHERE ${fits(merged)}
      RETURNING data`);
    return stored?.data ?? null;
  }
}

const begin = Prisma.sql`clock_timestamp() - ${KEPT_FOR}::interval`;
