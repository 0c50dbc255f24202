import { requireDatabaseUrl } from '@sluice/config';
import { MigrationHistory, Postgres, type SchemaState } from '@sluice/postgres';
import type { Context } from './context';
import { withDatabase } from './database';

/** The database's schema against the program's. The connection before it is what says why there is none. */
export function readSchemaState(context: Context, name: string): Promise<SchemaState> {
  return withDatabase(context, name, async () => {
    const url = requireDatabaseUrl(context.settings).reveal();
    const postgres = new Postgres({ url, applicationName: `sluice ${name}` });
    try {
      return await new MigrationHistory(postgres).read();
    } finally {
      await postgres.close();
    }
  });
}
