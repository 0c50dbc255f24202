import type { LegacyDatabase } from '@sluice/legacy';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import { compareRange } from './compare-range';
import { exactBytes, type ExactRow } from './exact-row';
import { layoutOf } from './row-layout';
import { RuleCount } from './rule-count';
import { SourceReader, type SourceRange } from './source-reader';
import { TargetReader } from './target-stream';
import { Findings, type Difference } from './verification';
import { VerificationUnsupportedError } from './verify.errors';

/** How many differences are named; more say nothing new about two files that are not the same. */
const NAMED = 5;

/**
 * Compares single rows of a table in the verifier's way: by canonical bytes that both sides compute for themselves. A row
 * that only the target has is `extra`. Gives the first differences. Throws what `SourceReader` and PostgreSQL throw.
 */
export async function compareKeys(
  database: LegacyDatabase,
  table: LegacyTable,
  choices: Choices,
  connectionString: string,
  keys: readonly bigint[],
): Promise<readonly Difference[]> {
  const { source, target } = table;
  const info = database.table(source.table);
  if (!info || target.kind !== 'postgres') {
    throw new VerificationUnsupportedError(`${table.name} has no rows in PostgreSQL to compare with.`);
  }
  const layout = layoutOf(table);
  const demanded = new SourceReader(database, info, table, layout, choices);
  const present = await TargetReader.open(connectionString, target.table, source.key, layout);
  const findings = new Findings(NAMED);
  try {
    for (const key of keys) {
      const { bytes } = await present.range(key, key);
      const row = rangeOf([...demanded.rowsOf([key])], layout);
      if (!row.bytes.equals(bytes)) compareRange(row, bytes, layout, source.key, findings);
      if (findings.found.length === NAMED) break;
    }
  } finally {
    await present.close();
  }
  return findings.found;
}

function rangeOf(rows: readonly ExactRow[], layout: ReturnType<typeof layoutOf>): SourceRange {
  const rules = new RuleCount();
  const taken = rows.filter((row) => 'values' in row);
  const bytes = Buffer.concat(taken.map((row) => exactBytes(row, layout, rules, [])));
  return { bytes, rows: rows.length, rules, kept: [], refused: rows.filter((row) => 'refused' in row) };
}
