import { freshDatabase } from '@sluice/testing';
import { closeSession, openSession } from './session';

it('a session is not bound by the time that a role or database gives to one statement', async () => {
  const database = await freshDatabase();
  const session = { connectionString: database.url, applicationName: 'sluice test' };
  const shown = async (): Promise<unknown> => {
    const client = await openSession(session);
    try {
      await client.query(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET statement_timeout = 7', current_database()); END $$`,
      );
      const { rows } = await client.query('SELECT setting, reset_val FROM pg_settings WHERE name = $1', [
        'statement_timeout',
      ]);
      return rows[0];
    } finally {
      await closeSession(client);
    }
  };
  try {
    await shown();
    expect(await shown()).toEqual({ setting: '0', reset_val: '7' });
  } finally {
    await database.drop();
  }
});
