import { DomainError } from '@sluice/core';
import { requireDatabaseUrl } from '@sluice/config';
import { checkDatabase } from '@sluice/migration';
import { OtherSchemaError } from '../cli.errors';
import { exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { runPrisma } from '../prisma-cli';

class SchemaMigrationError extends DomainError {
  readonly code = 'DB_MIGRATE_FAILED';
  readonly kind = 'refused';
  constructor(output: string) {
    super(`The Prisma migrations could not be applied:\n${output.trim()}`, {
      remedy: '`sluice db status` shows which are applied, which broke off, and what mends it.',
    });
  }
}

export default async function dbMigrate(context: Context): Promise<number> {
  const applied = await applyMigrations(requireDatabaseUrl(context.settings).reveal());
  if (context.options.json) context.print(JSON.stringify({ applied }, null, 2));
  else if (applied.length === 0) context.print('The schema is up to date.');
  else context.print(`Applied: ${applied.join(', ')}.`);
  return exitCodes.done;
}

/**
 * Applies the pending migrations and gives their names; Prisma makes the database where there is none. Throws
 * `DB_SCHEMA_REFUSED`, what a connection throws where there is none, `MIGRATION_TARGET_ENCODING`, else `DB_MIGRATE_FAILED`
 * with Prisma's own words.
 */
export async function applyMigrations(databaseUrl: string): Promise<string[]> {
  const schema = URL.canParse(databaseUrl) ? new URL(databaseUrl).searchParams.get('schema') : null;
  if (schema !== null && schema !== 'public') throw new OtherSchemaError(schema);
  const session = { connectionString: databaseUrl, applicationName: 'sluice db migrate' };
  const isThere = await checkDatabase(session);
  const { code, output } = await runPrisma(['migrate', 'deploy'], databaseUrl);
  if (code !== 0) {
    if (isThere) await checkDatabase(session); // Where the server went away meanwhile, that is the reason.
    throw new SchemaMigrationError(withoutUrl(output, databaseUrl));
  }
  return appliedIn(output);
}

/** Prisma lists the folders that it has applied, a line each: `  └─ 20261121000000_init/`. */
export const appliedIn = (output: string): string[] =>
  [...output.matchAll(/(\d{14}_\w+)\/$/gm)].map(([, name = '']) => name);

const withoutUrl = (output: string, url: string): string => output.replaceAll(url, 'DATABASE_URL');
