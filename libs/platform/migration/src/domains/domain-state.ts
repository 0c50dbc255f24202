import type { Client } from 'pg';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';
import { appendAuditWithin } from '../state/audit';
import { isLockLost } from '../state/postgres-errors';
import { inTransaction } from '../state/transaction';
import { type Domain, type Mode } from './domain';
import { ModeBusyError, ModeChangedError } from './domain.errors';

/** The mode of a domain, as PostgreSQL has it. */
export interface DomainState {
  readonly name: string;
  readonly tables: readonly string[];
  readonly mode: Mode;
  readonly epoch: bigint;
  readonly changedAt: Date;
  readonly changedBy: string;
  readonly reason: string;
}

export interface ModeChange {
  readonly domain: Domain;
  /** Null where the domain has no mode yet; it begins as `legacy`. */
  readonly from: Mode | null;
  readonly to: Mode;
  readonly actor: string;
  readonly reason: string;
}

/** By name. */
export async function listDomains(client: Client): Promise<DomainState[]> {
  const { rows } = await client.query<Omit<DomainState, 'epoch'> & { epoch: string }>(
    `SELECT name, tables, mode, epoch::text, changed_at AS "changedAt", changed_by AS "changedBy", reason
       FROM migration_domains ORDER BY name COLLATE "C"`,
  );
  return rows.map((row) => ({ ...row, epoch: BigInt(row.epoch) }));
}

/** The tables of domains that are PostgreSQL's alone, with the domain. */
export async function closedTables(client: Client): Promise<Map<string, string>> {
  const closed = (await listDomains(client)).filter(({ mode }) => mode === 'new');
  return new Map(closed.flatMap(({ name, tables }) => tables.map((table) => [table, name])));
}

/**
 * Changes modes, all of them or none, with what guards the tables and queues their rows, in one transaction with its audit.
 * Waits a few seconds at most for those who write now; others write under the new mode. Throws `DOMAIN_MODE_CHANGED` where a
 * domain is in another mode than `from`, `DOMAIN_BUSY` where writers do not make way.
 *
 * `locked` is run before anything is changed, while nobody can write and everybody can read; `within` after everything.
 */
export async function changeModes(
  client: Client,
  changes: readonly ModeChange[],
  within: (client: Client) => Promise<void> = () => Promise.resolve(),
  locked: (client: Client) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const ordered = [...changes].sort((a, b) => (a.domain.name < b.domain.name ? -1 : 1));
  await inTransaction(client, async () => {
    await client.query(`SET LOCAL lock_timeout = '${LOCK_MS}ms'`);
    for (const change of ordered) await lockTables(client, change.domain);
    await locked(client);
    for (const change of ordered) await changeMode(client, change);
    await within(client);
  });
}

/** Told of with the commit of every change; who misses it looks some seconds later. */
export const MODES_CHANNEL = 'sluice_modes';

const LOCK_MS = 3_000;
const TRIGGERS_MS = 300;

const lockTables = (client: Client, { name, tables }: Domain): Promise<unknown> =>
  unlessBusy(name, () => client.query(`LOCK TABLE ${tables.map(targetName).join(', ')} IN SHARE ROW EXCLUSIVE MODE`));

async function unlessBusy(domain: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw isLockLost(error) ? new ModeBusyError(domain, error) : error;
  }
}

async function changeMode(client: Client, { domain, from, to, actor, reason }: ModeChange): Promise<void> {
  const { rows } = await client.query<{ mode: Mode }>('SELECT mode FROM migration_domains WHERE name = $1 FOR UPDATE', [
    domain.name,
  ]);
  const found = rows[0]?.mode ?? null;
  if (found !== from) throw new ModeChangedError(domain.name, from ?? 'legacy', found);
  await client.query(
    `INSERT INTO migration_domains (name, tables, mode, changed_by, reason) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (name) DO UPDATE SET tables = excluded.tables, mode = excluded.mode, changed_by = excluded.changed_by,
       reason = excluded.reason, changed_at = now(), epoch = migration_domains.epoch + 1`,
    [domain.name, domain.tables.map((table) => table.name), to, actor, reason],
  );
  // Behind whoever waits for readers to end all other readers wait.
  if (to === 'new') await client.query(`SET LOCAL lock_timeout = '${TRIGGERS_MS}ms'`);
  for (const table of domain.tables) await unlessBusy(domain.name, () => setTriggers(client, domain, table, to));
  await client.query("SELECT pg_notify($1, '')", [MODES_CHANNEL]);
  const detail = { from, to, reason };
  await appendAuditWithin(client, { actor, action: 'domain.mode', subject: domain.name, detail });
}

/**
 * Made anew by every change: what a restored or an older database has is replaced. That makes writers wait, not readers; only
 * taking triggers away, when the way back is closed, waits for both.
 */
async function setTriggers(client: Client, domain: Domain, table: LegacyTable, mode: Mode): Promise<void> {
  const target = targetName(table);
  const args = [table.name, table.source.key, domain.name].map((text) => `'${literal(text)}'`).join(', ');
  const rows: Record<string, string> = {
    INSERT: 'REFERENCING NEW TABLE AS new_rows',
    UPDATE: 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows',
    DELETE: 'REFERENCING OLD TABLE AS old_rows',
  };
  const queues = Object.entries(rows).map(([event, referencing]) => {
    const name = `sluice_queue_${event.toLowerCase()}`;
    if (mode === 'new') return `DROP TRIGGER IF EXISTS ${name} ON ${target}`;
    return `CREATE OR REPLACE TRIGGER ${name} AFTER ${event} ON ${target} ${referencing}
      FOR EACH STATEMENT EXECUTE FUNCTION sluice_queue(${args})`;
  });
  const guard = `CREATE OR REPLACE TRIGGER sluice_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${target}
    FOR EACH STATEMENT EXECUTE FUNCTION sluice_guard('${literal(domain.name)}')`;
  await client.query([guard, ...queues].join(';\n'));
}

const literal = (text: string): string => text.replaceAll("'", "''");
