import { connectedClient } from './connected-client';
import { readMigrations } from './migrations';
import { freshDatabase } from './fresh-database';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = await connectedClient(url);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
const tablesOf = (url: string) => query(url, `SELECT FROM pg_tables WHERE schemaname = 'public'`);

it('gives a database with the migrated schema and the ledger of Prisma', async () => {
  const database = await freshDatabase();
  const ledger = await query(database.url, 'SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1');
  expect(ledger).toEqual(readMigrations().map(({ name }) => ({ name })));
  expect(await query(database.url, 'SELECT count(*)::int AS rows FROM llm_requests')).toEqual([{ rows: 0 }]);
  await database.drop();
});

it('gives an empty database when asked for one', async () => {
  const database = await freshDatabase({ migrated: false });
  expect(await tablesOf(database.url)).toEqual([]);
  await database.drop();
});

it('keeps databases apart and really drops them', async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  await query(one.url, 'CREATE TABLE only_here ()');
  expect(await tablesOf(one.url)).toHaveLength((await tablesOf(other.url)).length + 1);
  await one.drop();
  await expect(query(one.url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
  await other.drop();
});

it('tells whoever has a session in a database that is dropped by their next statement, and nobody else', async () => {
  const database = await freshDatabase({ migrated: false });
  const client = await connectedClient(database.url);
  const lost = new Promise((resolve) => client.once('end', resolve));
  await database.drop();
  await lost;
  await expect(client.query('SELECT 1')).rejects.toThrow(/not queryable|terminated|closed/);
});
