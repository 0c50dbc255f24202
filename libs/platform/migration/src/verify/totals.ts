import type { LegacyDatabase } from '@sluice/legacy';
import type { Client } from 'pg';
import type { LegacyTable } from '../mapping/legacy-table';
import { quoted } from './row-layout';
import { VerificationUnsupportedError } from './verify.errors';

/** How far two sums of doubles may be apart, in relation to the sum of their sizes: they are added in another order. */
const RELATIVE_TOLERANCE = 1e-9;

/** One numeric column, counted and summed by SQL on both sides. */
export interface ColumnTotal {
  readonly column: string;
  readonly sourceCount: bigint;
  readonly targetCount: bigint;
  readonly sourceSum: string | null;
  readonly targetSum: string | null;
  /** Sums of doubles, and of decimals that were rounded, are compared with a tolerance. */
  readonly exact: boolean;
  readonly equal: boolean;
}

/**
 * COUNT and SUM of every integer, decimal and float column on both sides, for the report. Rows in quarantine are left out
 * of the source. A quick plausibility that people can repeat by hand; the proof is `verifyTable`.
 */
export async function totals(
  database: LegacyDatabase,
  table: LegacyTable,
  client: Client,
  quarantined: ReadonlySet<string> = new Set(),
): Promise<ColumnTotal[]> {
  if (table.target.kind !== 'postgres')
    throw new VerificationUnsupportedError(`${table.name} does not go to PostgreSQL.`);
  const columns = Object.entries(table.columns).filter(([, { kind }]) =>
    ['integer', 'decimal', 'float'].includes(kind),
  );
  const key = quoted(table.source.key);
  const sums = (name: string): string => `count(nullif(${name}, '')), CAST(sum(${name}) AS TEXT), total(abs(${name}))`;
  const [source = []] = database.rows(
    `SELECT ${columns.map(([name]) => sums(quoted(name))).join(', ')} FROM ${quoted(table.source.table)}
     WHERE CAST(${key} AS TEXT) NOT IN (SELECT value FROM json_each(?))`,
    JSON.stringify([...quarantined]),
  );
  const { rows } = await client.query<(string | null)[]>({
    rowMode: 'array',
    text: `SELECT ${columns.map(([name]) => `count(${quoted(name)})::text, sum(${quoted(name)})::text`).join(', ')} FROM ${quoted(table.target.table)}`,
  });
  return columns.map(([column, conversion], index) => {
    const exact = conversion.kind === 'integer';
    const sourceCount = BigInt(String(source[3 * index] ?? 0));
    const targetCount = BigInt(rows[0]?.[2 * index] ?? 0);
    const sourceSum = (source[3 * index + 1] as string | null | undefined) ?? null;
    const targetSum = rows[0]?.[2 * index + 1] ?? null;
    const slack =
      Number(source[3 * index + 2] ?? 0) * RELATIVE_TOLERANCE +
      (conversion.kind === 'decimal' ? Number(sourceCount) / 10 ** conversion.scale : 0);
    const near = Math.abs(Number(sourceSum) - Number(targetSum)) <= slack || Number(sourceSum) === Number(targetSum);
    const sameSum = exact || sourceSum === null || targetSum === null ? sourceSum === targetSum : near;
    return {
      column,
      sourceCount,
      targetCount,
      sourceSum,
      targetSum,
      exact,
      equal: sourceCount === targetCount && sameSum,
    };
  });
}
