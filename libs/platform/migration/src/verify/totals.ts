import type { LegacyDatabase } from '@sluice/legacy';
import type { Client } from 'pg';
import type { Conversion } from '../mapping/conversion';
import type { LegacyTable } from '../mapping/legacy-table';
import { quoted } from './row-layout';
import { notKept } from './target-stream';
import { VerificationUnsupportedError } from './verify.errors';

/** How far two sums of doubles may be apart, in relation to the sum of their sizes: they are added in another order. */
const RELATIVE_TOLERANCE = 1e-9;
/** What the residual may be wrong by, in the same relation. */
const DOUBLE_TOLERANCE = 2 ** -50;
/** Doubles are summed as wholes of 2^-20 and rests of them. */
const WHOLE_BITS = 20;
const WHOLE = 2 ** WHOLE_BITS;
/** So many columns of the source's answer belong to one column of the table. */
const SOURCE_SUMS = 5;

/** One numeric column, counted and summed by SQL on both sides. */
export interface ColumnTotal {
  readonly column: string;
  readonly sourceCount: bigint;
  readonly targetCount: bigint;
  readonly sourceSum: string | null;
  readonly targetSum: string | null;
  /** Sums of doubles, and of decimals that were rounded, are compared with a tolerance. */
  readonly exact: boolean;
  /**
   * Of decimals: the sum of what each stored value is more than the double in the file, which rounding explains up to half
   * of the last digit per value. Null for other columns, and where there are no values.
   */
  readonly residual: number | null;
  readonly equal: boolean;
}

/**
 * COUNT and SUM of every integer, decimal and float column on both sides, for the report. Rows in quarantine are left out
 * of the source, and history that is kept of the target. A quick plausibility that people can repeat by hand; the proof is `verifyTable`.
 */
export async function totals(
  database: LegacyDatabase,
  table: LegacyTable,
  client: Client,
  quarantined: ReadonlySet<string> = new Set(),
  hasHistory = false,
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
    text: `SELECT ${columns.map(([name]) => `count(${quoted(name)})::text, sum(${quoted(name)})::text`).join(', ')} FROM ${quoted(table.target.table)}${hasHistory ? ` WHERE true${notKept(table.name, table.source.key)}` : ''}`,
  });
  return columns.map(([column, conversion], i) => {
    const sums = source.slice(SOURCE_SUMS * i, SOURCE_SUMS * (i + 1));
    return totalOf(column, conversion, sums, rows[0]?.slice(2 * i, 2 * i + 2) ?? []);
  });
}

function totalOf(
  column: string,
  conversion: Conversion,
  [count, ...sums]: readonly unknown[],
  target: readonly (string | null)[],
): ColumnTotal {
  const sourceCount = BigInt(String(count ?? 0));
  const targetCount = BigInt(target[0] ?? 0);
  const targetSum = target[1] ?? null;
  const exact = conversion.kind === 'integer';
  const sourceSum = sourceCount === 0n ? null : exact ? wide(sums[0], sums[1]) : real(sums[0]);
  const known = { column, sourceCount, targetCount, sourceSum, targetSum, exact };
  const residual = conversion.kind === 'decimal' && targetSum !== null ? residualOf(targetSum, sums) : null;
  const sameSum =
    conversion.kind === 'decimal' && residual !== null
      ? Math.abs(residual) <= Number(sourceCount) / 2 / 10 ** conversion.scale + Number(sums[1]) * DOUBLE_TOLERANCE
      : exact
        ? sourceSum === targetSum
        : isNear(sourceSum, targetSum, Number(sums[1] ?? 0) * RELATIVE_TOLERANCE);
  return { ...known, residual, equal: sourceCount === targetCount && sameSum };
}

/**
 * What a column of decimals has more than its doubles, from their exact binary values: every double is a whole number of
 * 2^-20 and a rest, both without error, and sums of either lose nothing up to 2^33. Beyond it, and below 2^-53 of the rests'
 * sum, the residual is blurred.
 */
function residualOf(targetSum: string, [, , whole, rest]: readonly unknown[]): number {
  if (!Number.isFinite(Number(whole))) return NaN;
  const [integer = '', fraction = ''] = targetSum.split('.');
  const digits = Math.max(WHOLE_BITS, fraction.length);
  const target = BigInt(integer + fraction.padEnd(digits, '0'));
  const source = BigInt(Number(whole)) * 5n ** BigInt(WHOLE_BITS) * 10n ** BigInt(digits - WHOLE_BITS);
  return Number(target - source) / 10 ** digits - Number(rest) / WHOLE;
}

const isNumeric = (kind: string): boolean => ['integer', 'decimal', 'float'].includes(kind);

/**
 * Count; then of integers the sums of their upper and lower 32 bits, because their sum may be beyond 64 bits, of doubles their
 * sum and size, and of decimals also the sums of their wholes and rests, see `residualOf`. A REAL in a column of integers counts as the integer that it is; texts, which SQLite sorts above all
 * numbers, count nowhere.
 */
function sourceSums(name: string, kind: string): string {
  const numbers = `FILTER (WHERE +${name} < '')`;
  const value = `CAST(${name} AS REAL)`;
  const wholes = `floor(${value} * ${WHOLE}.0)`;
  const sums = {
    integer: [`sum(CAST(${name} AS INTEGER) >> 32)`, `sum(CAST(${name} AS INTEGER) & 4294967295)`],
    float: [`sum(${value})`, `total(abs(${value}))`],
    decimal: [`sum(${value})`, `total(abs(${value}))`, `total(${wholes})`, `total(${value} * ${WHOLE}.0 - ${wholes})`],
  }[kind as 'integer' | 'float' | 'decimal'];
  const filtered = ['count(*)', ...sums].map((sum) => `${sum} ${numbers}`);
  return [...filtered, ...Array.from({ length: SOURCE_SUMS - filtered.length }, () => 'NULL')].join(', ');
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
