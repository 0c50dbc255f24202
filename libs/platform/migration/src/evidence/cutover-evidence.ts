import type { Client } from 'pg';
import type { Mode } from '../domains';
import { REVIEWED } from '../cutover/quarantine-review';
import { auditState, type AuditState } from '../state/audit';

/**
 * What PostgreSQL knows of a live migration, at one moment, as a document: dates are ISO texts in UTC, and what a release
 * or a database does not have yet is an empty list.
 */
export interface CutoverEvidence {
  readonly takenAt: string;
  readonly database: string;
  readonly server: string;
  readonly domains: readonly DomainEvidence[];
  /** Oldest first. */
  readonly changes: readonly ModeEvidence[];
  /** Approvals, gates, rehearsals, backups: who did what, oldest first; changes of modes are in `changes`. */
  readonly acts: readonly ActEvidence[];
  readonly audit: AuditState & { readonly entries: number; readonly head: string | null };
  /** By table, then oldest first; at most the last twenty of a table. */
  readonly verifications: readonly VerificationEvidence[];
  readonly quarantine: readonly QuarantineEvidence[];
  readonly divergences: readonly DivergenceEvidence[];
  /** Of each domain's last stay in a mode of which any are known: what let it go on is still shown when it has. */
  readonly shadow: readonly ShadowEvidence[];
  readonly shadowDifferences: readonly ShadowDifferenceEvidence[];
  /** Newest first, at most a hundred. */
  readonly backups: readonly BackupEvidence[];
  readonly follow: readonly FollowEvidence[];
  readonly outbox: readonly OutboxEvidence[];
}

export interface DomainEvidence {
  readonly name: string;
  readonly tables: readonly string[];
  readonly mode: Mode;
  readonly epoch: number;
  readonly changedAt: string;
  readonly changedBy: string;
  readonly reason: string;
}
export interface ModeEvidence {
  readonly seq: string;
  readonly at: string;
  readonly domain: string;
  readonly from: Mode | null;
  readonly to: Mode;
  readonly actor: string;
  readonly reason: string;
}
export interface ActEvidence {
  readonly seq: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}
export interface VerificationEvidence {
  readonly table: string;
  readonly at: string;
  readonly rowsSource: number;
  readonly rowsTarget: number;
  readonly quarantined: number;
  readonly skipped: number;
  readonly differences: number;
  readonly clean: boolean;
  readonly digest: string;
}
export interface QuarantineEvidence {
  readonly table: string;
  readonly code: string;
  readonly open: number;
  /** Of the open ones, those that somebody has looked at. */
  readonly reviewed: number;
  readonly replayed: number;
}
export interface DivergenceEvidence {
  readonly domain: string;
  readonly table: string;
  readonly kind: string;
  readonly open: number;
  readonly settled: number;
}
export interface ShadowEvidence {
  readonly domain: string;
  readonly operation: string;
  readonly compared: number;
  readonly equal: number;
  readonly explained: number;
  readonly unexplained: number;
  readonly skipped: number;
  readonly failed: number;
  /** The domain has left the mode. */
  readonly isOver: boolean;
}
export interface ShadowDifferenceEvidence {
  readonly domain: string;
  readonly operation: string;
  readonly fields: string;
  readonly times: number;
  readonly explainedBy: string | null;
  readonly explanation: string | null;
}
export interface BackupEvidence {
  readonly id: string;
  readonly kind: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly takenAt: string;
  readonly takenBy: string;
  readonly restoredAt: string | null;
}
export interface FollowEvidence {
  readonly table: string;
  readonly feed: string;
  readonly state: string;
  readonly reason: string | null;
  readonly lagRows: number;
  readonly caughtUpAt: string | null;
  readonly seenAt: string;
  readonly written: number;
  readonly deleted: number;
  readonly kept: number;
}
export interface OutboxEvidence {
  readonly table: string;
  readonly waiting: number;
  readonly dead: number;
  readonly oldestAt: string | null;
}

/** Reads alone, in one snapshot. Throws PostgreSQL's error. */
export async function cutoverEvidence(client: Client): Promise<CutoverEvidence> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    return await gather(client);
  } finally {
    await client.query('ROLLBACK');
  }
}

async function gather(client: Client): Promise<CutoverEvidence> {
  const all = async <Row>(sql: string): Promise<Row[]> => (await client.query<Row & object>(sql)).rows;
  const [about] = await all<{
    takenAt: string;
    database: string;
    server: string;
    head: string | null;
    entries: number;
  }>(ABOUT);
  const state = await auditState(client);
  return {
    takenAt: about?.takenAt ?? '',
    database: about?.database ?? '',
    server: about?.server ?? '',
    audit: { entries: about?.entries ?? 0, ...state, head: about?.head ?? null },
    domains: await all(DOMAINS),
    changes: await all(CHANGES),
    acts: await all(ACTS),
    verifications: await all(VERIFICATIONS),
    quarantine: await all(QUARANTINE),
    divergences: await all(DIVERGENCES),
    shadow: await all(SHADOW),
    shadowDifferences: await all(SHADOW_DIFFERENCES),
    backups: await all(BACKUPS),
    follow: await all(FOLLOW),
    outbox: await all(OUTBOX),
  };
}

const utc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const ABOUT = `SELECT ${utc('now()')} AS "takenAt", current_database() AS database, current_setting('server_version') AS server,
  (SELECT count(*)::int FROM migration_audit) AS entries,
  (SELECT hash FROM migration_audit ORDER BY seq DESC LIMIT 1) AS head`;

const DOMAINS = `SELECT name, tables, mode, epoch::float8 AS epoch, ${utc('changed_at')} AS "changedAt",
  changed_by AS "changedBy", reason FROM migration_domains ORDER BY name COLLATE "C"`;

const CHANGES = `SELECT seq::text, ${utc('at')} AS at, subject AS domain, detail->>'from' AS "from", detail->>'to' AS "to", actor,
  coalesce(detail->>'reason', '') AS reason FROM migration_audit WHERE action = 'domain.mode' ORDER BY migration_audit.seq`;

/** What every run of the engine writes by itself would bury what people decided. */
const ACTS = `SELECT seq::text, ${utc('at')} AS at, actor, action, subject, detail FROM migration_audit
  WHERE action ~ '^(cutover|backup|archive|quarantine|shadow|divergence|reconcile)' ORDER BY migration_audit.seq`;

const VERIFICATIONS = `SELECT table_name AS "table", ${utc('coalesce(finished_at, started_at)')} AS at,
  rows_source::float8 AS "rowsSource", rows_target::float8 AS "rowsTarget", rows_quarantined::float8 AS quarantined,
  rows_skipped::float8 AS skipped, differences::float8 AS differences, clean, digest
  FROM (SELECT *, row_number() OVER (PARTITION BY table_name ORDER BY id DESC) AS nth FROM migration_verifications) v
  WHERE nth <= 20 ORDER BY table_name COLLATE "C", id`;

const QUARANTINE = `SELECT table_name AS "table", reason_code AS code,
  count(*) FILTER (WHERE replayed_at IS NULL)::int AS open,
  count(*) FILTER (WHERE replayed_at IS NULL AND ${REVIEWED})::int AS reviewed,
  count(*) FILTER (WHERE replayed_at IS NOT NULL)::int AS replayed
  FROM migration_quarantine q GROUP BY table_name, reason_code ORDER BY table_name COLLATE "C", reason_code COLLATE "C"`;

const DIVERGENCES = `SELECT domain, table_name AS "table", kind, count(*) FILTER (WHERE settled_at IS NULL)::int AS open,
  count(*) FILTER (WHERE settled_at IS NOT NULL)::int AS settled
  FROM migration_divergences GROUP BY domain, table_name, kind ORDER BY domain COLLATE "C", table_name COLLATE "C", kind`;

const LAST_STAYS = `(SELECT domain, max(epoch) AS epoch FROM migration_shadow_reads GROUP BY domain) AS last_stays`;

const SHADOW = `SELECT domain, operation, compared::float8 AS compared, equal::float8 AS equal, explained::float8 AS explained,
  unexplained::float8 AS unexplained, skipped::float8 AS skipped, failed::float8 AS failed,
  NOT EXISTS (SELECT 1 FROM migration_domains d WHERE d.name = r.domain AND d.epoch = r.epoch) AS "isOver"
  FROM migration_shadow_reads r JOIN ${LAST_STAYS} USING (domain, epoch)
  ORDER BY domain COLLATE "C", operation COLLATE "C"`;

const SHADOW_DIFFERENCES = `SELECT domain, operation, fields, times::float8 AS times, explained_by AS "explainedBy", explanation
  FROM migration_shadow_differences s JOIN ${LAST_STAYS} USING (domain, epoch)
  ORDER BY explained_by IS NOT NULL, s.id LIMIT 100`;

const BACKUPS = `SELECT id, kind, path, sha256, bytes::float8 AS bytes, ${utc('taken_at')} AS "takenAt", taken_by AS "takenBy",
  ${utc('restored_at')} AS "restoredAt" FROM migration_backups ORDER BY taken_at DESC, kind LIMIT 100`;

const FOLLOW = `SELECT table_name AS "table", feed, state, reason, lag_rows::float8 AS "lagRows", ${utc('caught_up_at')} AS "caughtUpAt",
  ${utc('seen_at')} AS "seenAt", written::float8 AS written, deleted::float8 AS deleted, kept::float8 AS kept
  FROM migration_follow ORDER BY table_name COLLATE "C"`;

const OUTBOX = `SELECT table_name AS "table", count(*) FILTER (WHERE dead_at IS NULL)::int AS waiting,
  count(*) FILTER (WHERE dead_at IS NOT NULL)::int AS dead, ${utc('min(queued_at)')} AS "oldestAt"
  FROM migration_outbox GROUP BY table_name ORDER BY table_name COLLATE "C"`;
