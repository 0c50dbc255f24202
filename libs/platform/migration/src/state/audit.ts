import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { inTransaction } from './transaction';

export interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const FIRST = '0'.repeat(64);

/** The hash of an entry: over the hash before it and its own fields, so that no entry can be changed or taken out. */
export const auditHash = (previous: string, at: string, entry: AuditEntry): string =>
  createHash('sha256')
    .update(JSON.stringify([previous, at, entry.actor, entry.action, entry.subject, sortKeys(entry.detail)]))
    .digest('hex');

/** Appends to the audit log in a transaction of its own; writers wait for each other. */
export const appendAudit = (client: Client, entry: AuditEntry): Promise<void> =>
  inTransaction(client, () => appendAuditWithin(client, entry));

/** The same inside the caller's transaction: what was done and its entry are there together, or not at all. */
export async function appendAuditWithin(client: Client, entry: AuditEntry): Promise<void> {
  await client.query('LOCK TABLE migration_audit IN EXCLUSIVE MODE');
  const { rows } = await client.query<{ seq: string; hash: string }>(
    'SELECT seq, hash FROM migration_audit ORDER BY seq DESC LIMIT 1',
  );
  const previous = rows[0]?.hash ?? FIRST;
  const at = new Date().toISOString();
  const values = [at, entry.actor, entry.action, entry.subject, JSON.stringify(entry.detail)];
  await client.query(
    `INSERT INTO migration_audit (seq, at, actor, action, subject, detail, previous, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [BigInt(rows[0]?.seq ?? 0) + 1n, ...values, previous, auditHash(previous, at, entry)],
  );
}

/** The sequence numbers at which the chain is broken; empty means that the log is whole. */
export async function brokenAudit(client: Client): Promise<string[]> {
  const { rows } = await client.query<AuditEntry & { seq: string; at: Date; previous: string; hash: string }>(
    'SELECT seq, at, actor, action, subject, detail, previous, hash FROM migration_audit ORDER BY seq',
  );
  let previous = FIRST;
  const broken: string[] = [];
  rows.forEach((row, i) => {
    const whole =
      row.previous === previous &&
      row.hash === auditHash(previous, row.at.toISOString(), row) &&
      BigInt(row.seq) === BigInt(i + 1);
    if (!whole) broken.push(row.seq);
    previous = row.hash;
  });
  return broken;
}

/** jsonb does not keep the order of keys, so the hash is taken over the sorted ones. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
