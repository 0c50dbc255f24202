import type { Client } from 'pg';
import { classify } from './postgres-errors';

/** Commits what `work` did, or nothing of it. A connection that was lost has rolled back by itself. */
export async function inTransaction<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    if (classify(error) !== 'connection') await client.query('ROLLBACK');
    throw error;
  }
}
