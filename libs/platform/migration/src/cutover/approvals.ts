import type { Client } from 'pg';
import type { Mode } from '../domains/domain';
import { appendAuditWithin } from '../state/audit';
import { inTransaction } from '../state/transaction';
import { ApproverError } from './cutover.errors';

export interface Approval {
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/** One of each person, the first; names are the same whatever their letters' case, blanks, and what nobody can see. */
export async function listApprovals(client: Client, domain: string, to: Mode, epoch: bigint): Promise<Approval[]> {
  const { rows } = await client.query<Approval>(
    `SELECT approved_by AS "by", reason, approved_at AS "at" FROM migration_approvals
      WHERE domain = $1 AND to_mode = $2 AND epoch = $3 ORDER BY id`,
    [domain, to, epoch.toString()],
  );
  const names = new Set<string>();
  return rows.filter(({ by }) => !names.has(person(by)) && names.add(person(by)));
}

/** The next step of a domain in its stay in a mode. */
export interface ApprovedStep {
  readonly domain: string;
  readonly to: Mode;
  readonly epoch: bigint;
}

/**
 * Notes that a person agrees to the domains' next steps, to all of them or to none. It holds for this stay in the mode: after a
 * step or a rollback everybody is asked anew. Throws `CUTOVER_APPROVAL_REFUSED` for a second time by the same person.
 */
export async function approve(
  client: Client,
  { steps, by, reason }: { steps: readonly ApprovedStep[]; by: string; reason: string },
): Promise<void> {
  if (person(by) === '') throw new ApproverError('An approval needs a name.', { remedy: 'Add --by NAME.' });
  await inTransaction(client, async () => {
    await client.query('LOCK TABLE migration_approvals IN SHARE ROW EXCLUSIVE MODE');
    for (const step of steps) await approveWithin(client, step, by, reason);
  });
}

async function approveWithin(
  client: Client,
  { domain, to, epoch }: ApprovedStep,
  by: string,
  reason: string,
): Promise<void> {
  const given = await listApprovals(client, domain, to, epoch);
  const mine = given.find((one) => person(one.by) === person(by));
  if (mine)
    throw new ApproverError(`${mine.by} has agreed to ${domain} going on to ${to} already.`, {
      remedy: 'A second approval has to come from another person.',
    });
  await client.query(
    'INSERT INTO migration_approvals (domain, to_mode, epoch, approved_by, reason) VALUES ($1, $2, $3, $4, $5)',
    [domain, to, epoch.toString(), by.trim(), reason],
  );
  await appendAuditWithin(client, { actor: by.trim(), action: 'cutover.approved', subject: domain, detail: { to, epoch: epoch.toString(), reason } }); // prettier-ignore
}

/** What nobody can see; a blank stays one. */
const UNSEEN = /(?!\s)[\p{C}\p{Default_Ignorable_Code_Point}]/gu;

const person = (name: string): string =>
  name.normalize('NFKC').replace(UNSEEN, '').trim().replace(/\s+/g, ' ').toLowerCase();
