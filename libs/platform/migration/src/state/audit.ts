import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { markDatedAhead } from './dated-ahead';
import { AuditLockHeldError, type AuditHolder } from './migration.errors';
import { isLockLost } from './postgres-errors';
import { inSavepoint, inTransaction } from './transaction';

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

/**
 * The same inside the caller's transaction: what was done and its entry are there together, or not at all. Throws
 * `AUDIT_LOCK_HELD` where the caller does not wait for longer (`lock_timeout`).
 */
export async function appendAuditWithin(client: Client, entry: AuditEntry): Promise<void> {
  await lockAudit(client);
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

async function lockAudit(client: Client): Promise<void> {
  try {
    await inSavepoint(client, () => client.query('LOCK TABLE migration_audit IN EXCLUSIVE MODE'));
  } catch (error) {
    if (!isLockLost(error)) throw error;
    throw new AuditLockHeldError(await whoLocks(client), error);
  }
}

/** Who has the log in a way that no entry can be added beside; readers are not in the way. */
async function whoLocks(client: Client): Promise<AuditHolder[]> {
  const { rows } = await client.query<AuditHolder>(
    `SELECT DISTINCT a.pid, a.application_name AS name, a.usename AS "user", a.xact_start AS since
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.relation = 'migration_audit'::regclass AND l.granted AND l.mode <> 'AccessShareLock' AND a.pid <> pg_backend_pid()
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY a.pid`,
  );
  return rows;
}

/** A place at which the log is not what was written. */
export interface AuditBreak {
  /** The number of an entry, `8 to 10` where the last ones are missing, `head` where the row that knows the last one is. */
  readonly at: string;
  /** A hash of what is there now, and of what it follows: another change at the same place is another break. */
  readonly seen: string;
}

/** How the log stands. Empty lists mean that it is whole, to its end. */
export interface AuditState {
  /** Every place at which it is broken. */
  readonly broken: readonly string[];
  /** Of these the ones of which nobody has said that they were looked into (`acceptAudit`). */
  readonly open: readonly string[];
}

/** What an entry says that names breaks which somebody has looked into. */
export const ACCEPTED = 'cutover.audit-accepted';

export async function auditState(client: Client): Promise<AuditState> {
  const { breaks, accepted } = await readAudit(client);
  const open = breaks.filter(({ at, seen }) => !accepted.some((one) => one.at === at && one.seen === seen));
  return { broken: breaks.map(({ at }) => at), open: open.map(({ at }) => at) };
}

/** All breaks, and those that whole entries accept. */
export async function readAudit(client: Client): Promise<{ breaks: AuditBreak[]; accepted: AuditBreak[] }> {
  // The head first: entries may be added meanwhile, and the one that it names stays.
  const { rows: heads } = await client.query<Head>('SELECT seq, hash FROM migration_audit_head');
  const { rows } = await client.query<AuditEntry & Head & { at: Date; previous: string }>(
    'SELECT seq, at, actor, action, subject, detail, previous, hash FROM migration_audit ORDER BY seq',
  );
  let last: Head = { seq: '0', hash: FIRST };
  const breaks: AuditBreak[] = [];
  const accepted: AuditBreak[] = [];
  for (const row of rows) {
    const whole =
      row.previous === last.hash &&
      row.hash === auditHash(last.hash, shownAt(row.at), row) &&
      BigInt(row.seq) === BigInt(last.seq) + 1n;
    if (!whole) breaks.push({ at: row.seq, seen: seenHash(last, row) });
    else if (row.action === ACCEPTED) accepted.push(...acceptedBy(row));
    last = row;
  }
  breaks.push(...brokenHead(heads[0], rows, last).map((at) => ({ at, seen: last.hash })));
  return { breaks, accepted };
}

const seenHash = (last: Head, { seq, at, previous, hash, ...entry }: AuditEntry & Head & { at: Date; previous: string }): string => // prettier-ignore
  createHash('sha256').update(JSON.stringify([last.seq, last.hash, seq, previous, hash, auditHash(previous, shownAt(at), entry)])).digest('hex'); // prettier-ignore

/** Whoever changed a time may have left none: PostgreSQL has an infinite one, and years that no `Date` has. */
const shownAt = (at: Date): string => (at instanceof Date && !isNaN(at.getTime()) ? at.toISOString() : String(at));

/** None where it was not `acceptAudit` that wrote the entry. */
function acceptedBy({ detail }: AuditEntry): AuditBreak[] {
  const { breaks } = detail;
  return Array.isArray(breaks)
    ? breaks.filter((one: Partial<AuditBreak> | null): one is AuditBreak => one !== null)
    : [];
}

/** Every place at which the log is broken, accepted or not. Empty means that it is whole, to its end. */
export const brokenAudit = async (client: Client): Promise<readonly string[]> => (await auditState(client)).broken;

/**
 * Somebody has looked into every break that there is: the log says so from here on, and no gate is shut by them any more. What was
 * cut off, and a head that is not that of the log, is closed by the entry before that one, so that the end can be told again.
 * In one transaction; gives what was broken.
 */
export function acceptAudit(
  client: Client,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<readonly string[]> {
  // prettier-ignore
  return inTransaction(client, async () => {
    await lockAudit(client);
    const { open } = await auditState(client);
    if (open.length === 0) return [];
    await appendAuditWithin(client, { actor: by, action: 'cutover.audit-broken', subject: 'audit', detail: { at: open, reason } }); // prettier-ignore
    await client.query(
      `INSERT INTO migration_audit_head (seq, hash) SELECT seq, hash FROM migration_audit ORDER BY seq DESC LIMIT 1
       ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
    );
    const { breaks } = await readAudit(client);
    await appendAuditWithin(client, { actor: by, action: ACCEPTED, subject: 'audit', detail: { breaks, reason } });
    return open;
  });
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
