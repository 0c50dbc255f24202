import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { markDatedAhead } from './dated-ahead';
import { inTransaction } from './transaction';

export interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An entry as the next one names it. A bigint as its text. */
interface Head {
  readonly seq: string;
  readonly hash: string;
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
  // Behind the head as well: after entries were cut off, the next one leaves a gap and does not cover it.
  const { rows } = await client.query<Head>(
    `SELECT seq, hash FROM (SELECT seq, hash FROM migration_audit_head
       UNION ALL (SELECT seq, hash FROM migration_audit ORDER BY seq DESC LIMIT 1)) AS last ORDER BY seq DESC LIMIT 1`,
  );
  await markDatedAhead(client);
  const seq = BigInt(rows[0]?.seq ?? 0) + 1n;
  const previous = rows[0]?.hash ?? FIRST;
  const at = new Date().toISOString();
  const hash = auditHash(previous, at, entry);
  const values = [at, entry.actor, entry.action, entry.subject, JSON.stringify(entry.detail)];
  await client.query(
    `INSERT INTO migration_audit (seq, at, actor, action, subject, detail, previous, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [seq, ...values, previous, hash],
  );
  await client.query('UPDATE migration_audit_head SET seq = $1, hash = $2', [seq, hash]);
}

/**
 * Where the chain is broken: numbers of entries, `8 to 10` where the last ones are missing, `head` where the row that knows the
 * last one is. Empty means that the log is whole, to its end.
 */
export async function brokenAudit(client: Client): Promise<string[]> {
  // The head first: entries may be added meanwhile, and the one that it names stays.
  const { rows: heads } = await client.query<Head>('SELECT seq, hash FROM migration_audit_head');
  const { rows } = await client.query<AuditEntry & Head & { at: Date; previous: string }>(
    'SELECT seq, at, actor, action, subject, detail, previous, hash FROM migration_audit ORDER BY seq',
  );
  let last: Head = { seq: '0', hash: FIRST };
  const broken: string[] = [];
  for (const row of rows) {
    const whole =
      row.previous === last.hash &&
      row.hash === auditHash(last.hash, row.at.toISOString(), row) &&
      BigInt(row.seq) === BigInt(last.seq) + 1n;
    if (!whole) broken.push(row.seq);
    last = row;
  }
  return [...broken, ...brokenHead(heads[0], rows, last)];
}

/** What a person is told of them. */
export const auditFault = (broken: readonly string[]): string =>
  `The audit log is broken at ${broken.join(', ')}: somebody changed what was written.`;

function brokenHead(head: Head | undefined, entries: readonly Head[], last: Head): string[] {
  if (!head) return ['head'];
  const [lastSeq, seq] = [BigInt(last.seq), BigInt(head.seq)];
  if (lastSeq < seq) return [lastSeq + 1n === seq ? head.seq : `${lastSeq + 1n} to ${seq}`];
  const named = seq === 0n ? { hash: FIRST } : entries.find((entry) => entry.seq === head.seq);
  return named?.hash === head.hash ? [] : ['head'];
}

/** jsonb does not keep the order of keys, so the hash is taken over the sorted ones. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
