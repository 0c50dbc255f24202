import { Injectable } from '@nestjs/common';
import { Postgres, Prisma, type Transaction } from '@sluice/postgres';
import { awaitLock } from '../advisory-lock';
import { equals, utcText, where } from '../legacy-sql';

/** A policy under its legacy names. Times are UTC text with `Z`; `id` is what pages are ordered by. */
export interface PolicyRow {
  readonly id: number;
  readonly policy_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: string;
  readonly config: unknown;
  readonly metrics: unknown;
  readonly created_at: string;
  readonly updated_at: string;
  readonly activated_at: string | null;
  readonly deactivated_at: string | null;
  /** Another one after each change. */
  readonly version: string;
}

const columns = Prisma.sql`
  id::float8 AS id, policy_id, name, description, status, config_json AS config, metrics_json AS metrics,
  ${utcText('created_at')} || 'Z' AS created_at, ${utcText('updated_at')} || 'Z' AS updated_at,
  ${utcText('activated_at')} || 'Z' AS activated_at, ${utcText('deactivated_at')} || 'Z' AS deactivated_at,
  xmin::text AS version`;

@Injectable()
export class PolicyRepository {
  constructor(private readonly postgres: Postgres) {}

  /** The newest first, of those with an id below `beforeId`. */
  list(status: string | undefined, beforeId: string | null, limit: number): Promise<PolicyRow[]> {
    return this.postgres.rows<PolicyRow>(Prisma.sql`
      SELECT ${columns} FROM rl_policies AS p
      ${where([
        status !== undefined && equals('status', status),
        beforeId !== null && Prisma.sql`p.id < ${beforeId}::bigint`,
      ])}
      ORDER BY p.id DESC LIMIT ${limit}`);
  }

  async find(policyId: string): Promise<PolicyRow | null> {
    const found = await this.postgres.rows<PolicyRow>(
      Prisma.sql`SELECT ${columns} FROM rl_policies WHERE ${equals('policy_id', policyId)}`,
    );
    return found[0] ?? null;
  }

  /** There is at most one: an index of the table sees to that. */
  async findActive(): Promise<PolicyRow | null> {
    const found = await this.postgres.rows<PolicyRow>(
      Prisma.sql`SELECT ${columns} FROM rl_policies WHERE status = 'ACTIVE'`,
    );
    return found[0] ?? null;
  }
}

export interface PolicyChange {
  readonly name: string;
  readonly description: string | null;
  readonly config: unknown;
}

/** Writes of policies. `config` and `metrics` are JSON objects, which the caller has checked. */
@Injectable()
export class PolicyWriter {
  async insert(tx: Transaction, policyId: string, { name, description, config }: PolicyChange): Promise<PolicyRow> {
    return one(
      await tx.$queryRaw<PolicyRow[]>(Prisma.sql`
        INSERT INTO rl_policies (policy_id, name, description, created_at, updated_at, status, config_json)
        SELECT ${policyId}, ${name}, ${description}, "at", "at", 'DRAFT', ${JSON.stringify(config)}::jsonb
        FROM clock_timestamp() AS clock ("at")
        RETURNING ${columns}`),
    );
  }

  /** A policy whose row is this transaction's until it ends. */
  async lock(tx: Transaction, policyId: string): Promise<PolicyRow | null> {
    const found = await tx.$queryRaw<PolicyRow[]>(
      Prisma.sql`SELECT ${columns} FROM rl_policies WHERE ${equals('policy_id', policyId)} FOR UPDATE`,
    );
    return found[0] ?? null;
  }

  /** Lets one transaction at a time change which policy is active: each sees what the one before it left. */
  async awaitActivation(tx: Transaction): Promise<void> {
    await awaitLock(tx, 'rl_policies.active');
  }

  async change(tx: Transaction, policyId: string, { name, description, config }: PolicyChange): Promise<PolicyRow> {
    return one(
      await tx.$queryRaw<PolicyRow[]>(Prisma.sql`
        UPDATE rl_policies SET name = ${name}, description = ${description},
          config_json = ${JSON.stringify(config)}::jsonb, updated_at = clock_timestamp()
        WHERE policy_id = ${policyId} RETURNING ${columns}`),
    );
  }

  async setMetrics(tx: Transaction, policyId: string, metrics: object | null): Promise<PolicyRow> {
    return one(
      await tx.$queryRaw<PolicyRow[]>(Prisma.sql`
        UPDATE rl_policies SET metrics_json = ${metrics === null ? null : JSON.stringify(metrics)}::jsonb,
          updated_at = clock_timestamp()
        WHERE policy_id = ${policyId} RETURNING ${columns}`),
    );
  }

  /** Retires the active policy, whichever it is; `updated_at` stays, as it always did. */
  async retireActive(tx: Transaction): Promise<void> {
    await tx.$executeRaw(Prisma.sql`
      UPDATE rl_policies SET status = 'RETIRED', deactivated_at = clock_timestamp() WHERE status = 'ACTIVE'`);
  }

  async activate(tx: Transaction, policyId: string): Promise<PolicyRow> {
    return one(
      await tx.$queryRaw<PolicyRow[]>(Prisma.sql`
        UPDATE rl_policies SET status = 'ACTIVE', activated_at = "at", updated_at = "at", deactivated_at = NULL
        FROM clock_timestamp() AS clock ("at")
        WHERE policy_id = ${policyId} RETURNING ${columns}`),
    );
  }
}

function one(rows: readonly PolicyRow[]): PolicyRow {
  const [row] = rows;
  if (!row) throw new TypeError('The row of a locked policy is not there.');
  return row;
}
