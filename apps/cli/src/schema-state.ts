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

/** What mends it; nothing where the schema is this release's own. `db migrate` does nothing for what broke off, or is of another release. */
export function schemaRemedy({ pending, failed, changed, unknown }: SchemaState): string | undefined {
  const [broken] = failed;
  if (broken !== undefined) {
    return `See whether what ${broken} does was done, and say so in the folder of Sluice with \`npx prisma migrate resolve --rolled-back ${broken}\`, or --applied; then run \`sluice db migrate\`.`;
  }
  if (pending.length > 0) return 'Run `sluice db migrate`.';
  if (changed.length > 0) return `Use the release that made this database: here ${changed.join(', ')} is another file.`;
  return unknown.length > 0 ? 'Use the newer release that this database was brought up to.' : undefined;
}
