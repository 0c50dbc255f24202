import type { Client } from 'pg';
import type { Conversion } from '../mapping/conversion';
import type { LegacyTable } from '../mapping/legacy-table';
import { PostgresPrivilegeError, TargetReadOnlyError, TargetShapeError } from '../state/migration.errors';
import { checkEncoding } from '../state/target-database';

/** The PostgreSQL type that a conversion writes, as `format_type` names it. */
export function targetType(conversion: Conversion): string {
  switch (conversion.kind) {
    case 'text':
    case 'boolean':
    case 'date':
      return conversion.kind;
    case 'integer':
      return 'bigint';
    case 'float':
      return 'double precision';
    case 'json':
      return 'jsonb';
    case 'decimal':
      return `numeric(${conversion.precision},${conversion.scale})`;
    case 'timestamp':
      return 'timestamp(6) with time zone';
  }
}

/** SQL for what is proven of a value: equal JSON and equal doubles may have other texts (1 and 1.0, 0 and -0). */
export const proven = (value: string, { kind }: Conversion): string =>
  kind === 'json' || kind === 'float' ? `(${value})::text` : value;

/**
 * Compares the target's tables with the mappings: every mapped column must be there with the type that the conversion
 * writes, and a target column that no mapping fills must do without a value. Throws `TargetShapeError` naming each
 * difference, `PostgresPrivilegeError` naming each privilege that the role lacks, `TargetReadOnlyError`, or
 * `TargetEncodingError`.
 */
export async function checkTarget(client: Client, tables: readonly LegacyTable[]): Promise<void> {
  const { rows } = await client.query<{ readOnly: boolean }>(
    `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS "readOnly"`,
  );
  if (rows[0]?.readOnly) throw new TargetReadOnlyError();
  await checkEncoding(client);
  await checkPrivileges(client, tables);
  const differences: string[] = [];
  for (const table of tables) {
    if (table.target.kind === 'postgres')
      differences.push(...(await shapeDifferences(client, table, table.target.table)));
  }
  if (differences.length > 0) throw new TargetShapeError(differences);
}

const ENGINE_TABLES = [
  'runs',
  'tables',
  'ranges',
  'quarantine',
  'originals',
  'verifications',
  'differences',
  'audit',
  'audit_head',
  'follow',
  'kept',
  'entries',
];

/** What every run needs of every table; a table that is not there is a difference in shape, or a foreign schema. */
async function checkPrivileges(client: Client, tables: readonly LegacyTable[]): Promise<void> {
  const targets = tables.flatMap(({ target }) => (target.kind === 'postgres' ? [target.table] : []));
  const { rows } = await client.query<{ name: string; lacking: string }>(
    `SELECT name, string_agg(privilege, ', ') AS lacking
       FROM unnest($1::text[]) AS names(name), unnest('{SELECT,INSERT}'::text[]) AS privileges(privilege)
      WHERE NOT has_table_privilege(to_regclass(quote_ident(name)), privilege) GROUP BY name ORDER BY name`,
    [[...targets, ...ENGINE_TABLES.map((name) => `migration_${name}`)]],
  );
  if (rows.length > 0) {
    throw new PostgresPrivilegeError(rows.map(({ name, lacking }) => `${lacking} on ${name}`).join('; '));
  }
}

async function shapeDifferences(client: Client, table: LegacyTable, target: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; type: string; needed: boolean; nullable: boolean }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable,
       attnotnull AND NOT atthasdef AND attidentity = '' AS needed
       FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND NOT attisdropped`,
    [target],
  );
  if (rows.length === 0) return [`${target}: no such table`];
  const actual = new Map(rows.map((row) => [row.name, row]));
  const wrong = Object.entries(table.columns).flatMap(([name, conversion]) => {
    const column = actual.get(name);
    const wanted = targetType(conversion);
    if (!column) return [`${target}.${name}: missing`];
    if (column.type !== wanted) return [`${target}.${name}: is ${column.type}, the mapping writes ${wanted}`];
    if (conversion.nullable && !column.nullable) return [`${target}.${name}: is NOT NULL, the mapping may write NULL`];
    return [];
  });
  const unfilled = rows.filter(({ name, needed }) => needed && !(name in table.columns));
  return [...wrong, ...unfilled.map(({ name }) => `${target}.${name}: needs a value that no mapping gives`)];
}
