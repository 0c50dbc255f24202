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
  const columns = Object.entries(table.columns).filter(([, { kind }]) => isNumeric(kind));
  const key = quoted(table.source.key);
  const [source = []] = database.rows(
    `SELECT ${columns.map(([name, { kind }]) => sourceSums(quoted(name), kind)).join(', ')} FROM ${quoted(table.source.table)}
     ${quarantined.size > 0 ? `WHERE CAST(${key} AS TEXT) NOT IN (SELECT value FROM json_each(?))` : ''}`,
    ...(quarantined.size > 0 ? [JSON.stringify([...quarantined])] : []),
  );
  const { rows } = await client.query<(string | null)[]>({
    rowMode: 'array',
    text: `SELECT ${columns.map(([name]) => `count(${quoted(name)})::text, sum(${quoted(name)})::text`).join(', ')} FROM ${quoted(table.target.table)}`,
  });
  return columns.map(([column, conversion], i) => {
    const sourceCount = BigInt(String(source[3 * i] ?? 0));
    const targetCount = BigInt(rows[0]?.[2 * i] ?? 0);
    const targetSum = rows[0]?.[2 * i + 1] ?? null;
    const exact = conversion.kind === 'integer';
    const sourceSum =
      sourceCount === 0n ? null : exact ? wide(source[3 * i + 1], source[3 * i + 2]) : real(source[3 * i + 1]);
    const rounding = conversion.kind === 'decimal' ? Number(sourceCount) / 10 ** conversion.scale : 0;
    const slack = exact ? 0 : Number(source[3 * i + 2] ?? 0) * RELATIVE_TOLERANCE + rounding;
    const sameSum = exact ? sourceSum === targetSum : isNear(sourceSum, targetSum, slack);
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

const isNumeric = (kind: string): boolean => ['integer', 'decimal', 'float'].includes(kind);

/**
 * Count; then of integers the sums of their upper and lower 32 bits, because their sum may be beyond 64 bits, and of doubles
 * their sum and size. A REAL in a column of integers counts as the integer that it is; texts, which SQLite sorts above all
 * numbers, count nowhere.
 */
function sourceSums(name: string, kind: string): string {
  const numbers = `FILTER (WHERE +${name} < '')`;
  const sums =
    kind === 'integer'
      ? [`sum(CAST(${name} AS INTEGER) >> 32)`, `sum(CAST(${name} AS INTEGER) & 4294967295)`]
      : [`sum(CAST(${name} AS REAL))`, `total(abs(CAST(${name} AS REAL)))`];
  return ['count(*)', ...sums].map((sum) => `${sum} ${numbers}`).join(', ');
}

const wide = (upper: unknown, lower: unknown): string =>
  (BigInt(String(upper)) * 2n ** 32n + BigInt(String(lower))).toString();

/** SQLite answers NULL where infinities of both signs meet. */
const real = (sum: unknown): string => (sum === null ? 'NaN' : String(sum));

/** Doubles are added in another order on each side; sums that are not finite need only be so on both. */
function isNear(source: string | null, target: string | null, slack: number): boolean {
  if (source === null || target === null) return source === target;
  const [a, b] = [Number(source), Number(target)];
  return Math.abs(a - b) <= slack || (!Number.isFinite(a) && Object.is(a, b));
}
