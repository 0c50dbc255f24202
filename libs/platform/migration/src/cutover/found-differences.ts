import type { Client } from 'pg';
import { appendAuditWithin } from '../state/audit';
import { inTransaction } from '../state/transaction';

/** Equal is what the exit code of a run calls equal: values, sums, and that the next id is new. */
export const EQUAL = `coalesce((t->'verification'->>'clean')::boolean, false)
  AND NOT jsonb_path_exists(t, '$.totals[*] ? (@.equal == false)') AND coalesce(t->'nextId'->>'unused', 'true') = 'true'`;

/** Tables as runs have compared them. */
export const COMPARED = `FROM migration_runs r, jsonb_array_elements(r.report->'tables') AS tables(t)
  WHERE r.status = 'finished' AND r.command IN ('migrate', 'verify') AND t->>'table' = ANY($1)
    AND jsonb_typeof(t->'verification') = 'object'`;

export interface FoundDifference {
  readonly at: Date;
  readonly what: string;
}

/** What was found of these tables, whoever found it. A run that is not recorded any more counts by the comparison's own time. */
const FOUND = `SELECT CASE WHEN r.id IS NULL THEN 'migration_verifications' ELSE 'migration_runs' END AS place,
    coalesce(r.id::text, v.id::text) AS id, coalesce(r.started_at, v.started_at) AS at,
    v.table_name || ': ' || v.differences || ' different' AS what, r.status = 'running' AS "isRunning"
    FROM migration_verifications v LEFT JOIN migration_runs r ON r.id = v.run_id WHERE v.table_name = ANY($1) AND NOT v.clean
  UNION ALL SELECT 'migration_runs', r.id::text, r.started_at, t->>'table' || ': sums or the next id', false
    ${COMPARED} AND NOT (${EQUAL})
  UNION ALL SELECT 'migration_divergences', id::text, found_at, table_name || ' ' || row_key || ': unequal', false
    FROM migration_divergences WHERE domain = $2 AND kind = 'unequal'`;

const TIMES = {
  migration_verifications: 'started_at',
  migration_runs: 'started_at',
  migration_divergences: 'found_at',
} as const;

export async function lastDifference(
  client: Client,
  domain: string,
  names: readonly string[],
): Promise<FoundDifference | null> {
  const { rows } = await client.query<FoundDifference>(
    `SELECT at, what FROM (${FOUND}) AS found ORDER BY at DESC LIMIT 1`,
    [names, domain],
  );
  return rows[0] ?? null;
}

/**
 * A difference of a time to come was found before the server's clock was set back. Every pass that begins now would look older
 * than it, and nothing could open its gate: from the first look on it counts as found then, which is later than it was. The audit
 * log keeps the time that it had. Runs that count as passes are marked before (`markDatedAhead`); one that is still under way
 * keeps its time, because it may become one for other tables.
 */
export async function redateDifferences(client: Client, domain: string, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<FoundDifference & { place: keyof typeof TIMES; id: string }>(
    `SELECT DISTINCT ON (place, id) place, id, at, what FROM (${FOUND}) AS found
      WHERE at > clock_timestamp() AND "isRunning" IS NOT TRUE ORDER BY place, id`,
    [names, domain],
  );
  if (rows.length === 0) return;
  const redate = async (): Promise<void> => {
    for (const [place, time] of Object.entries(TIMES)) {
      const ids = rows.filter((row) => row.place === place).map(({ id }) => id);
      await client.query(`UPDATE ${place} SET ${time} = clock_timestamp() WHERE id::text = ANY($1)`, [ids]);
    }
    const found = rows.slice(0, NAMED).map(({ place, id, at, what }) => ({ place, id, what, was: at.toISOString() }));
    const detail = { count: rows.length, found };
    await appendAuditWithin(client, { actor: 'sluice', action: 'divergences.redated', subject: domain, detail });
  };
  await (client.getTransactionStatus() === 'T' ? redate() : inTransaction(client, redate));
}

/** So many are named in the audit log. */
const NAMED = 20;
