import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { askDesk } from './ask-desk';
import { withDatabase, type PostgresAnswer } from './shared-servers';

export interface FreshDatabase {
  readonly url: string;
  /** Ends all its sessions first. */
  drop(): Promise<void>;
}

/** A database of the test's own on the run's PostgreSQL, with the schema of the Prisma migrations unless told otherwise. */
export async function freshDatabase(options: { migrated?: boolean } = {}): Promise<FreshDatabase> {
  const { url, template } = await askDesk<PostgresAnswer>('/postgres');
  const name = `test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const source = options.migrated === false ? 'template0' : template;
  // Copying files takes half the time of writing each page to the log, which nobody replays here.
  await command(url, `CREATE DATABASE ${name} TEMPLATE ${source} STRATEGY file_copy`);
  return { url: withDatabase(url, name), drop: () => command(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function command(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
