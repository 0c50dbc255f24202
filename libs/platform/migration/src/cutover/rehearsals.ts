import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import { mappingDigest } from '../run/mapping-digest';
import { appendAuditWithin } from '../state/audit';
import { databaseName } from '../state/this-database';
import { inTransaction } from '../state/transaction';

export interface Rehearsal {
  readonly domain: string;
  readonly schemaVersion: string;
  readonly mappingDigest: string;
  readonly rehearsedBy: string;
  readonly passed: boolean;
  /** What was done, by step, with its time in milliseconds; where it failed, why; and of which database (`databaseName`). */
  readonly detail: Readonly<Record<string, unknown>>;
  readonly rehearsedAt: Date;
}

/** Of all mappings of a domain. */
export const domainDigest = ({ tables }: Domain): string =>
  createHash('sha256').update(tables.map(mappingDigest).join()).digest('hex');

/** The last one of a domain, passed or not; null where there is none. */
export async function findRehearsal(client: Client, domain: string): Promise<Rehearsal | null> {
  const { rows } = await client.query<Rehearsal>(
    `SELECT domain, schema_version AS "schemaVersion", mapping_digest AS "mappingDigest", rehearsed_by AS "rehearsedBy",
       passed, detail, rehearsed_at AS "rehearsedAt" FROM migration_rehearsals WHERE domain = $1 ORDER BY id DESC LIMIT 1`,
    [domain],
  );
  return rows[0] ?? null;
}

export function recordRehearsals(client: Client, rehearsals: readonly Omit<Rehearsal, 'rehearsedAt'>[]): Promise<void> {
  return inTransaction(client, async () => {
    const database = await databaseName(client);
    for (const {
      domain,
      schemaVersion,
      mappingDigest: digest,
      rehearsedBy: actor,
      passed,
      detail: done,
    } of rehearsals) {
      const detail = { ...done, database };
      await client.query(
        `INSERT INTO migration_rehearsals (domain, schema_version, mapping_digest, rehearsed_by, passed, detail)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [domain, schemaVersion, digest, actor, passed, JSON.stringify(detail)],
      );
      await appendAuditWithin(client, { actor, action: 'cutover.rehearsed', subject: domain, detail: { ...detail, passed, schemaVersion } }); // prettier-ignore
    }
  });
}
