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

/**
 * Work that may fail alone: within a transaction what it did is taken back, its error is thrown, and the transaction goes on.
 * Outside of one it is the work and nothing else.
 */
export async function inSavepoint<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  if (client.getTransactionStatus() !== 'T') return work();
  await client.query('SAVEPOINT apart');
  try {
    const result = await work();
    await client.query('RELEASE SAVEPOINT apart');
    return result;
  } catch (error) {
    if (classify(error) !== 'connection') await client.query('ROLLBACK TO SAVEPOINT apart; RELEASE SAVEPOINT apart');
    throw error;
  }
}
