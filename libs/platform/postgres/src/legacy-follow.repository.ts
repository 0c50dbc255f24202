import { Prisma } from './generated/client';
import { Postgres } from './postgres';

/** How far a table is whose legacy changes are applied. */
export interface LegacyFollowState {
  readonly table: string;
  /** `change-log` or `watch`. */
  readonly feed: string;
  /** `following`, `ended`, `failed`; `lost` where a follower ended without a word. */
  readonly state: 'following' | 'ended' | 'failed' | 'lost';
  /** The code of what ended it. */
  readonly reason: string | null;
  /** Changes that are known and not applied. */
  readonly lagRows: number;
  /** Since when there may be something that is not applied; 0 while a follower is alive and has nothing to do. */
  readonly lagSeconds: number | null;
  readonly keptRows: number;
  readonly lastChangeAt: string | null;
}

type Row = Omit<LegacyFollowState, 'state' | 'lastChangeAt'> & {
  readonly state: 'following' | 'ended' | 'failed';
  readonly alive: boolean;
  readonly changedAt: Date | null;
};

/** Reads what the followers wrote down of themselves. */
export class LegacyFollowRepository {
  constructor(private readonly postgres: Postgres) {}

  /** Every table that was ever followed, by name; empty where none was, or the schema is older. */
  async list(): Promise<LegacyFollowState[]> {
    const [found] = await this.postgres.rows<{ exists: boolean }>(Prisma.sql`
      SELECT to_regclass('migration_follow') IS NOT NULL AS exists`);
    if (!found?.exists) return [];
    // An idle follower says every five seconds that it is alive.
    const rows = await this.postgres.rows<Row>(Prisma.sql`
      SELECT table_name AS "table", feed, state, reason, lag_rows::float8 AS "lagRows", alive,
             CASE WHEN lag_rows = 0 AND state = 'following' AND alive THEN 0
                  ELSE greatest(0, extract(epoch FROM now() - caught_up_at))::float8 END AS "lagSeconds",
             kept::float8 AS "keptRows", changed_at AS "changedAt"
      FROM migration_follow, LATERAL (SELECT seen_at > now() - interval '20 seconds') AS a(alive)
      ORDER BY table_name COLLATE "C"`);
    return rows.map(({ alive, changedAt, state, ...rest }) => ({
      ...rest,
      state: state === 'following' && !alive ? 'lost' : state,
      lastChangeAt: changedAt?.toISOString() ?? null,
    }));
  }
}
