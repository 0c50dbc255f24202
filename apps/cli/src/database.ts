import { requireDatabaseUrl } from '@sluice/config';
import { expected, inSession } from '@sluice/migration';
import type { Context } from './context';

/** Runs with a connection to the target and closes it, whatever happens. */
export async function withDatabase<T>(
  context: Context,
  name: string,
  work: Parameters<typeof inSession<T>>[1],
): Promise<T> {
  const connectionString = requireDatabaseUrl(context.settings).reveal();
  try {
    return await inSession({ connectionString, applicationName: `sluice ${name} ${context.holder}` }, work);
  } catch (error) {
    throw expected(error);
  }
}
