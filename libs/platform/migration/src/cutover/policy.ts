import type { Client } from 'pg';
import { appendAuditWithin } from '../state/audit';
import { inTransaction } from '../state/transaction';
import { PolicyValueError } from './cutover.errors';

/**
 * What the gates ask for. It is kept in PostgreSQL and not in the environment, so that every process judges alike and a gate
 * that somebody made easier says by whom.
 */
export const POLICY = {
  verificationMaxAgeMinutes: { byDefault: 1_440, least: 1, about: 'how old the last clean verification may be' },
  followingForSeconds: { byDefault: 60, least: 0, about: 'how long the follower must have run without an end' },
  caughtUpWithinSeconds: { byDefault: 30, least: 6, about: 'how long ago every table may last have had no lag' },
  outboxMaxAgeSeconds: { byDefault: 30, least: 1, about: 'how long a write may wait for its way into the file' },
  shadowReads: { byDefault: 1_000, least: 1, about: 'how many shadow reads have to be compared' },
  backupMaxAgeHours: { byDefault: 24, least: 1, about: 'how old the backups may be' },
  approvals: { byDefault: 1, least: 0, about: 'how many people agree to cutover, and to its close' },
} as const satisfies Readonly<Record<string, { byDefault: number; least: number; about: string }>>;

export type PolicyName = keyof typeof POLICY;
export type CutoverPolicy = Readonly<Record<PolicyName, number>>;

export const POLICY_NAMES = Object.keys(POLICY) as PolicyName[];

/** One rule, with who set it; null where it is the default. */
export interface PolicyEntry {
  readonly name: PolicyName;
  readonly value: number;
  readonly about: string;
  readonly setBy: string | null;
  readonly reason: string | null;
  readonly setAt: Date | null;
}

export async function listPolicy(client: Client): Promise<PolicyEntry[]> {
  const { rows } = await client.query<{ name: string; value: number; setBy: string; reason: string; setAt: Date }>(
    `SELECT name, value, set_by AS "setBy", reason, set_at AS "setAt" FROM migration_cutover_policy`,
  );
  const set = new Map(rows.map((row) => [row.name, row]));
  return POLICY_NAMES.map((name) => {
    const { byDefault, about } = POLICY[name];
    const { value = byDefault, setBy = null, reason = null, setAt = null } = set.get(name) ?? {};
    return { name, value, about, setBy, reason, setAt };
  });
}

export async function readPolicy(client: Client): Promise<CutoverPolicy> {
  const entries = await listPolicy(client);
  return Object.fromEntries(entries.map(({ name, value }) => [name, value])) as CutoverPolicy;
}

export interface PolicyChange {
  readonly name: string;
  readonly value: number;
}

/** All of them or none. Throws `CUTOVER_POLICY_VALUE` for a rule that there is not, or a number below its least. */
export async function setPolicy(
  client: Client,
  { changes, actor, reason }: { changes: readonly PolicyChange[]; actor: string; reason: string },
): Promise<void> {
  const known = changes.map(({ name, value }) => ({ name: ruleOf(name, value), value }));
  await inTransaction(client, async () => {
    for (const { name, value } of known) {
      const before = (await readPolicy(client))[name];
      await client.query(
        `INSERT INTO migration_cutover_policy (name, value, set_by, reason) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, set_by = excluded.set_by, reason = excluded.reason, set_at = now()`,
        [name, value, actor, reason],
      );
      await appendAuditWithin(client, { actor, action: 'cutover.policy', subject: name, detail: { before, value, reason } }); // prettier-ignore
    }
  });
}

function ruleOf(name: string, value: number): PolicyName {
  const rule = POLICY_NAMES.find((one) => one === name);
  if (!rule) throw new PolicyValueError(`There is no rule "${name}".`, `The rules are: ${POLICY_NAMES.join(', ')}.`);
  const { least } = POLICY[rule];
  if (!Number.isInteger(value) || value < least || value > 2 ** 31 - 1)
    throw new PolicyValueError(`${name} takes a whole number of at least ${least}.`, `As in --set ${name}=${least}.`);
  return rule;
}
