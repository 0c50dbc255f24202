import { takeSettings } from '@sluice/postgres/session';
import { Client } from 'pg';
import { REFUSED_BY_MODE } from '../state/postgres-errors';
import type { ExactRow } from './exact-row';
import { quoted, type LayoutColumn } from './row-layout';
import type { Findings } from './verification';
import { VerificationTargetError } from './verify.errors';

/** SQLSTATE classes with which PostgreSQL refuses a row for what it holds: data, constraints, sizes. */
const REFUSALS = ['22', '23', '54'];

/**
 * As whom the row is tried: who carries over what the legacy program writes may write in every mode of a domain but the last,
 * in which only nobody in particular may.
 */
const WRITERS = ['follow', ''];

/**
 * Asks the target about rows that are in quarantine although every rule takes them: a broken foreign key, a repeated unique
 * value or an index key too long are good reasons that only PostgreSQL knows. Each row is inserted in a transaction that is
 * always rolled back; a row that PostgreSQL would take is a difference. The connection is opened when the first such row
 * turns up.
 */
export class QuarantineCheck {
  private client: Client | undefined;

  constructor(
    private readonly connectionString: string,
    private readonly table: string,
    private readonly layout: readonly LayoutColumn[],
    private readonly findings: Findings,
  ) {}

  async check(row: ExactRow): Promise<void> {
    if ('refused' in row || !(await this.wouldBeTaken(row.values.map(({ text }) => text)))) return;
    const source = 'in quarantine, but nothing is wrong with it';
    this.findings.add({ rowKey: String(row.key), column: null, kind: 'missing', source, target: null });
  }

  async close(): Promise<void> {
    await this.client?.end();
  }

  private async wouldBeTaken(values: readonly (string | null)[]): Promise<boolean> {
    for (const writer of WRITERS) {
      const code = await this.refusal(values, writer);
      if (code !== REFUSED_BY_MODE) return code === null;
    }
    return true; // No mode takes it from anybody, and nothing is wrong with it but that.
  }

  /** The SQLSTATE with which the row is refused; null where it would be taken. */
  private async refusal(values: readonly (string | null)[], writer: string): Promise<string | null> {
    const client = (this.client ??= await this.connect());
    const columns = this.layout.map(({ name }) => quoted(name)).join(', ');
    const places = values.map((_, index) => `$${index + 1}`).join(', ');
    await client.query('BEGIN');
    try {
      await client.query('SET CONSTRAINTS ALL IMMEDIATE');
      await client.query(`SET LOCAL timezone = 'UTC'; SET LOCAL sluice.writer = '${writer}'`);
      await client.query(`INSERT INTO ${quoted(this.table)} (${columns}) VALUES (${places})`, [...values]);
      return null;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === REFUSED_BY_MODE || REFUSALS.includes(code.slice(0, 2))) return code;
      throw new VerificationTargetError(this.table, error);
    } finally {
      await client.query('ROLLBACK');
    }
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.connectionString, application_name: 'sluice verify' });
    client.on('error', () => undefined); // The next query fails with the same error.
    await client.connect();
    await takeSettings(client, this.connectionString);
    return client;
  }
}
