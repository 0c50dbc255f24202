import type { Client } from 'pg';
import { appendAuditWithin } from '../state/audit';
import { inTransaction } from '../state/transaction';
import type { Mode } from './domain';
import { ShadowDifferenceGoneError } from './domain.errors';

/** How reads of both sides compared since a domain entered its mode. Counts are reads. */
export interface ShadowReads {
  readonly domain: string;
  readonly mode: Mode;
  /** When the domain entered the mode. */
  readonly since: Date;
  readonly compared: number;
  readonly equal: number;
  /** Different for a declared reason, or for one that somebody gave. */
  readonly explained: number;
  readonly unexplained: number;
  /** Not judged: too many were under way, or the sides were not in step. */
  readonly skipped: number;
  /** Not compared: a side did not answer in time. */
  readonly failed: number;
  readonly lastAt: Date | null;
}

/** Differences of one kind: the same fields of the same operation. */
export interface ShadowDifference {
  readonly id: string;
  readonly domain: string;
  readonly operation: string;
  /** The paths that differ. */
  readonly fields: string;
  readonly times: number;
  readonly parameters: unknown;
  /** The beginning of the first example, as JSON text. */
  readonly legacyAnswer: string | null;
  readonly targetAnswer: string | null;
  readonly explainedBy: string | null;
  readonly explanation: string | null;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** Null where the domain has no mode. What an earlier stay in the mode counted does not count. */
export async function shadowReads(client: Client, domain: string): Promise<ShadowReads | null> {
  const { rows } = await client.query<ShadowReads>(
    `SELECT d.name AS domain, d.mode, d.changed_at AS since,
            coalesce(sum(r.compared), 0)::float8 AS compared, coalesce(sum(r.equal), 0)::float8 AS equal,
            coalesce(sum(r.explained), 0)::float8 AS explained, coalesce(sum(r.unexplained), 0)::float8 AS unexplained,
            coalesce(sum(r.skipped), 0)::float8 AS skipped, coalesce(sum(r.failed), 0)::float8 AS failed,
            max(r.last_at) AS "lastAt"
       FROM migration_domains d LEFT JOIN migration_shadow_reads r ON r.domain = d.name AND r.epoch = d.epoch
      WHERE d.name = $1 GROUP BY d.name`,
    [domain],
  );
  return rows[0] ?? null;
}

/** Those that nobody has explained first, at most 200, since the domain entered its mode. */
export async function listShadowDifferences(client: Client, domain: string): Promise<ShadowDifference[]> {
  const { rows } = await client.query<ShadowDifference>(
    `SELECT s.id::text, s.domain, operation, fields, times::float8 AS times, parameters, legacy_answer AS "legacyAnswer",
            target_answer AS "targetAnswer", explained_by AS "explainedBy", explanation, first_at AS "firstAt",
            last_at AS "lastAt"
       FROM migration_shadow_differences s JOIN migration_domains d ON d.name = s.domain AND d.epoch = s.epoch
      WHERE d.name = $1 ORDER BY explained_by IS NOT NULL, s.id LIMIT 200`,
    [domain],
  );
  return rows;
}

/**
 * Somebody has looked at a difference and knows its reason: it does not keep a gate shut any more, nor does what differs in the
 * same fields of the same operation from then on, as long as the domain stays in its mode. Throws `SHADOW_DIFFERENCE_GONE`
 * where there is none that waits for a reason.
 */
export async function explainShadowDifference(
  client: Client,
  { id, actor, reason }: { id: string; actor: string; reason: string },
): Promise<void> {
  await inTransaction(client, async () => {
    const { rows } = await client.query<{ domain: string; epoch: string; operation: string; times: string }>(
      `UPDATE migration_shadow_differences SET explained_by = $2, explanation = $3, explained_at = now()
        WHERE id = $1 AND explained_by IS NULL RETURNING domain, epoch::text, operation, times::text`,
      [id, actor, reason],
    );
    const [found] = rows;
    if (!found) throw new ShadowDifferenceGoneError(id);
    const { domain, epoch, operation, times } = found;
    await client.query(
      `UPDATE migration_shadow_reads SET unexplained = unexplained - $4, explained = explained + $4
        WHERE domain = $1 AND epoch = $2 AND operation = $3`,
      [domain, epoch, operation, times],
    );
    const detail = { operation, difference: id, times, reason };
    await appendAuditWithin(client, { actor, action: 'shadow.explain', subject: domain, detail });
  });
}
