import { Prisma } from './generated/client';
import { Postgres } from './postgres';

/** How far the migration of one legacy table is. Counts are rows. */
export interface LegacyTableState {
  readonly table: string;
  /** `copying` or `copied`. */
  readonly status: string;
  readonly rowsSource: number;
  readonly rowsCopied: number;
  readonly rowsQuarantined: number;
  readonly rowsSkipped: number;
  /** The last finished verification, or null where there was none. */
  readonly verification: { readonly clean: boolean; readonly finishedAt: string } | null;
}

type Row = Omit<LegacyTableState, 'verification'> & {
  readonly clean: boolean | null;
  readonly finishedAt: Date | null;
};

/** Reads what the migration engine wrote down of itself. */
export class LegacyMigrationRepository {
  constructor(private readonly postgres: Postgres) {}

  /** Every legacy table that a migration has begun, by name; empty where none was, or the schema is older. */
  async list(): Promise<LegacyTableState[]> {
    const [found] = await this.postgres.rows<{ exists: boolean }>(Prisma.sql`
      SELECT to_regclass('migration_tables') IS NOT NULL AND to_regclass('migration_verifications') IS NOT NULL AS exists`);
    if (!found?.exists) return [];
    const rows = await this.postgres.rows<Row>(Prisma.sql`
      SELECT t.name AS "table", t.status, t.rows_source::float8 AS "rowsSource", t.rows_copied::float8 AS "rowsCopied",
             t.rows_quarantined::float8 AS "rowsQuarantined", t.rows_skipped::float8 AS "rowsSkipped",
             v.clean, v.finished_at AS "finishedAt"
      FROM migration_tables t
      LEFT JOIN LATERAL (
        SELECT clean, finished_at FROM migration_verifications
        WHERE table_name = t.name AND finished_at IS NOT NULL
        ORDER BY id DESC LIMIT 1
      ) v ON true
      ORDER BY t.name COLLATE "C"`);
    return rows.map(({ clean, finishedAt, ...state }) => ({
      ...state,
      verification: clean === null || finishedAt === null ? null : { clean, finishedAt: finishedAt.toISOString() },
    }));
  }
}
