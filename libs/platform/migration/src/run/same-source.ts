import path from 'node:path';
import type { LegacyDatabase } from '@sluice/legacy';
import type { Client } from 'pg';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import { ForeignSourceError } from '../state/migration.errors';
import type { QuarantineEntry } from '../state/quarantine';
import type { TableState } from '../state/table-state';
import { compareKeys } from '../verify/compare-keys';
import type { Difference } from '../verify/verification';

/** How many rows are compared besides the neighbours of those that wait. */
const SAMPLE_ROWS = 300;

export interface SourceClaim {
  readonly database: LegacyDatabase;
  /** Of the file that is given, absolute. */
  readonly file: string;
  readonly table: LegacyTable;
  readonly state: TableState;
  readonly waiting: readonly QuarantineEntry[];
}

/**
 * Throws `QUARANTINE_SOURCE_FOREIGN` unless the file is the one that the table was migrated from. Its fingerprint cannot say
 * so, because the operator has mended it. So rows that were copied are compared: some hundred, spread over the table, and
 * the neighbours of every row that waits. All must be equal. Where no row is in PostgreSQL (a cache, or a table of which
 * nothing could be copied) nothing in the file can prove it, and it has to lie where the migrated one lay.
 */
export async function assertSameSource(client: Client, connectionString: string, claim: SourceClaim): Promise<void> {
  const { database, file, table, state, waiting } = claim;
  const keys = await sampleKeys(client, table, waiting);
  const recorded = await recordedFile(client, state);
  if (keys.length === 0 && recorded === file) return;
  const found = keys.length === 0 ? [] : await compareKeys(database, table, state.choices, connectionString, keys);
  if (keys.length > 0 && found.length === 0) return;
  throw new ForeignSourceError(table.name, recorded ?? state.sourcePath, file, found.map(described));
}

function described({ rowKey, column, kind }: Difference): string {
  if (column !== null) return `row ${rowKey}, column ${column}`;
  return kind === 'extra' ? `row ${rowKey} is not in it` : `row ${rowKey}`;
}

/** Ascending; empty where the table has no rows in PostgreSQL. Each key is found by the primary key's index. */
async function sampleKeys(client: Client, table: LegacyTable, waiting: readonly QuarantineEntry[]): Promise<bigint[]> {
  if (table.target.kind !== 'postgres') return [];
  const [key, from] = [quoteName(table.source.key), quoteName(table.target.table)];
  const { rows } = await client.query<{ key: string }>(
    `WITH ends AS (SELECT min(${key}) AS low, max(${key}) AS high FROM ${from}),
       points AS (SELECT (low + (high::numeric - low) * i / $2)::bigint AS point FROM ends, generate_series(0, $2::int) AS i),
       waiting AS (SELECT unnest($1::bigint[]) AS point)
     SELECT key::text FROM (
       SELECT (SELECT ${key} FROM ${from} WHERE ${key} >= point ORDER BY ${key} LIMIT 1) AS key FROM points
       UNION SELECT (SELECT max(${key}) FROM ${from} WHERE ${key} < point) FROM waiting
       UNION SELECT (SELECT min(${key}) FROM ${from} WHERE ${key} > point) FROM waiting
     ) AS keys WHERE key IS NOT NULL ORDER BY keys.key`,
    [waiting.map((row) => row.key).filter((text) => /^-?\d+$/.test(text)), SAMPLE_ROWS],
  );
  return rows.map((row) => BigInt(row.key));
}

/** Where the file lay that the newest migration of the table has read and found equal; null where no run tells. */
async function recordedFile(client: Client, { name, sourcePath }: TableState): Promise<string | null> {
  const { rows } = await client.query<{ root: string }>(
    `SELECT report->>'root' AS root FROM migration_runs, jsonb_array_elements(report->'tables') AS seen
      WHERE command = 'migrate' AND status = 'finished' AND exit_code <> 5 AND seen->>'table' = $1
        AND seen->>'source' = $2 AND seen->>'outcome' <> 'deferred' ORDER BY finished_at DESC LIMIT 1`,
    [name, sourcePath],
  );
  return rows[0] ? path.resolve(rows[0].root, sourcePath) : null;
}
