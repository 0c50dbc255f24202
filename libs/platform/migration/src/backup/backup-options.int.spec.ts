import { connectedClient, freshDatabase, startPostgres } from '@sluice/testing';
import type { Client } from 'pg';
import { tagOf } from './backup-options';

/** Of the database that every cluster is made with, as over a Unix socket: there is no address. */
async function tagAt(url: string): Promise<{ readonly tag: string; readonly oid: unknown }> {
  const at = new URL(url);
  at.pathname = '/postgres';
  const client = await connectedClient(at.href);
  try {
    const query = (sql: string) => client.query(sql.replaceAll(/inet_server_\w+\(\)/g, 'NULL'));
    const { rows } = await client.query('SELECT oid FROM pg_database WHERE datname = current_database()');
    return { tag: await tagOf({ query } as unknown as Client), oid: (rows[0] as { oid: unknown }).oid };
  } finally {
    await client.end();
  }
}

it('names a database otherwise than that of another cluster with the same name and number', async () => {
  const [other, database] = await Promise.all([startPostgres(), freshDatabase()]);
  try {
    const [one, two] = [await tagAt(database.url), await tagAt(other.url)];
    expect(one.oid).toBe(two.oid);
    expect(one.tag).not.toBe(two.tag);
    expect(await tagAt(database.url)).toEqual(one);
  } finally {
    await Promise.all([other.stop(), database.drop()]);
  }
});
