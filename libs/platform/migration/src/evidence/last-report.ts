import type { Client } from 'pg';
import type { MigrationReport } from '../run/migration-report';
import { auditState, type AuditState } from '../state/audit';

/** A run's report as it was recorded, and whether the audit log around it is whole. Counts may be texts. */
export interface Evidence {
  readonly report: MigrationReport;
  readonly audit: AuditState & { readonly entries: number; readonly head: string | null };
}

/** The report of the last finished run; null before the first one. */
export async function findLastReport(client: Client): Promise<Evidence | null> {
  const { rows } = await client.query<{ report: MigrationReport }>(
    `SELECT report FROM migration_runs WHERE status = 'finished' ORDER BY started_at DESC LIMIT 1`,
  );
  if (!rows[0]) return null;
  const audit = await client.query<{ entries: string; head: string | null }>(
    `SELECT count(*) AS entries, (SELECT hash FROM migration_audit ORDER BY seq DESC LIMIT 1) AS head FROM migration_audit`,
  );
  return {
    report: rows[0].report,
    audit: {
      entries: Number(audit.rows[0]?.entries ?? 0),
      ...(await auditState(client)),
      head: audit.rows[0]?.head ?? null,
    },
  };
}
