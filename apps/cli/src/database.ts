import { requireDatabaseUrl } from '@sluice/config';
import { closeSession, expected, openSession } from '@sluice/migration';
import type { Context } from './context';

type Session = Awaited<ReturnType<typeof openSession>>;

/** Runs with a connection to the target and closes it, whatever happens. */
export async function withDatabase<T>(
  context: Context,
  name: string,
  work: (client: Session) => Promise<T>,
): Promise<T> {
  const client = await openSession({
    connectionString: requireDatabaseUrl(context.settings).reveal(),
    applicationName: `sluice ${name} ${context.holder}`,
  });
  try {
    return await work(client);
  } catch (error) {
    throw expected(error);
  } finally {
    await closeSession(client);
  }
}
