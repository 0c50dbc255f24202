import type { Client } from 'pg';
import type { Difference, TableVerification } from '../verify';
import { markDatedAhead } from './dated-ahead';

/** Opens a run's record; runs that a crash left open are marked as interrupted (the caller holds the lock). */
export async function startRun(
  client: Client,
  run: { id: string; command: string; holder: string; version: string },
): Promise<void> {
  await client.query(`UPDATE migration_runs SET status = 'interrupted', finished_at = now() WHERE status = 'running'`);
  await markDatedAhead(client);
  await client.query(
    `INSERT INTO migration_runs (id, command, holder, version, status) VALUES ($1, $2, $3, $4, 'running')`,
    [run.id, run.command, run.holder, run.version],
  );
}

export async function finishRun(
  client: Client,
  id: string,
  end: { status: 'finished' | 'failed' | 'interrupted'; exitCode: number; report: unknown },
): Promise<void> {
  await client.query(
    `UPDATE migration_runs SET status = $2, exit_code = $3, report = $4, finished_at = now() WHERE id = $1`,
    [id, end.status, end.exitCode, JSON.stringify(end.report, bigintAsText)],
  );
}

/** A legacy text may hold a NUL or half a surrogate pair, which PostgreSQL's texts cannot. */
const storable = (difference: Difference): Difference => {
  const clean = (text: string | null): string | null => text?.toWellFormed().replaceAll('\u0000', '␀') ?? null;
  return { ...difference, source: clean(difference.source), target: clean(difference.target) };
};

const bigintAsText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

/** Keeps a verification and what it found. */
export async function recordVerification(
  client: Client,
  runId: string,
  result: TableVerification,
  counts: { quarantined: number; skipped: number },
): Promise<void> {
  await client.query('BEGIN');
  try {
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO migration_verifications (run_id, table_name, started_at, finished_at, rows_source, rows_target,
         rows_quarantined, rows_skipped, differences, digest, clean)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
      [runId, result.table, result.startedAt, result.finishedAt, result.rowsSource.toString(),
        result.rowsTarget.toString(), counts.quarantined, counts.skipped, result.differences.toString(), result.digest,
        result.clean], // prettier-ignore
    );
    await client.query(
      `INSERT INTO migration_differences (verification_id, seq, row_key, column_name, kind, source, target)
       SELECT $1, ordinality, found->>'rowKey', found->>'column', found->>'kind', found->>'source', found->>'target'
         FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS all_found(found, ordinality)`,
      [rows[0]?.id, JSON.stringify(result.found.map(storable))],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
