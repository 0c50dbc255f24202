import { readFileSync } from 'node:fs';
import path from 'node:path';
import { systemErrorCode } from '@sluice/legacy';
import type { Client } from 'pg';
import { BackupSchemaError } from './backup.errors';
import { sha256Of } from './manifest';

/** Prisma makes its ledger by itself; no migration has it. */
const LEDGER = `CREATE TABLE "_prisma_migrations" (
    "id" VARCHAR(36) NOT NULL PRIMARY KEY, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0
);`;

export interface SchemaSql {
  readonly migrations: readonly string[];
  readonly sql: string;
  /** What this SQL makes. */
  readonly tables: readonly string[];
}

/**
 * The SQL that made this database's schema: its applied migrations, as this release has them. Throws `BACKUP_SCHEMA_UNKNOWN`
 * where one is unfinished, unknown here, or another than the one that was applied.
 */
export async function readSchemaSql(client: Client, migrationsDir: string): Promise<SchemaSql> {
  const { rows } = await client.query<{ name: string; checksum: string; isFinished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS "isFinished" FROM _prisma_migrations
      WHERE rolled_back_at IS NULL ORDER BY migration_name COLLATE "C"`,
  );
  const files = rows.map(({ name, checksum, isFinished }) => {
    const bytes = readMigration(path.join(migrationsDir, name, 'migration.sql'));
    const fault = !isFinished ? 'was begun and not finished' : !bytes ? 'is not known here' : sha256Of(bytes) !== checksum ? 'is another one here' : null; // prettier-ignore
    return { name, sql: bytes?.toString('utf8') ?? '', fault };
  });
  const faults = files.filter(({ fault }) => fault !== null);
  if (faults.length > 0) throw new BackupSchemaError(faults.map(({ name, fault }) => `${name} ${fault}`));
  const sql = [LEDGER, ...files.map((file) => `-- ${file.name}\n${file.sql}`)].join('\n\n');
  return { migrations: files.map(({ name }) => name), sql, tables: [...sql.matchAll(/^CREATE TABLE "([^"]+)"/gm)].map(([, table]) => table!) }; // prettier-ignore
}

function readMigration(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
