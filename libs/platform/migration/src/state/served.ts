import type { Client } from 'pg';
import { appendAudit } from './audit';

const SERVED = 'api.served';

/** Notes that from now on others may change what was migrated: a difference from the legacy files is then no fault of the copy. */
export async function noteServed(client: Client, actor: string, root: string): Promise<void> {
  await appendAudit(client, { actor, action: SERVED, subject: root, detail: {} });
}

/** When tables were first served after the last of them was copied; null where they never were. */
export async function servedSince(client: Client, tables: readonly string[]): Promise<Date | null> {
  const { rows } = await client.query<{ at: Date | null }>(
    `SELECT min(at) AS at FROM migration_audit
     WHERE action = $1 AND at >= (SELECT coalesce(max(copied_at), '-infinity') FROM migration_tables WHERE name = ANY($2))`,
    [SERVED, tables],
  );
  return rows[0]?.at ?? null;
}
