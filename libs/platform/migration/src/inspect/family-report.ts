import { maxFamilyFileBytes, type LegacyDatabase, type Zone } from '@sluice/legacy';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import type { ColumnCensus } from './census';
import type { FoundFile } from './find-sources';

const firstKeys = 5;
const firstFaults = 20;

/** What the operator should know of a family of files, in whole sentences; nothing for another source. */
export function familyRemarks(database: LegacyDatabase, { tables, family }: FoundFile): string[] {
  const [table] = tables;
  if (!family || !table) return [];
  return [...faults(database, table), ...remarksOfRows(database, table, family.zone)];
}

/** The same of the rows that are none of the broken ones. */
export function remarksOfRows(database: LegacyDatabase, { source }: LegacyTable, zone: Zone): string[] {
  return source.family?.remarks?.((sql) => database.rows(sql), zone) ?? [];
}

function faults(database: LegacyDatabase, { name, source }: LegacyTable): string[] {
  const rows = database.rows(
    `SELECT source_file, source_row, fault FROM ${quoteName(source.table)} WHERE fault IS NOT NULL
      ORDER BY ${quoteName(source.key)}`,
  );
  const more =
    rows.length > firstFaults ? [`${name}: ${rows.length - firstFaults} more files or lines are broken.`] : [];
  const sentences = rows.slice(0, firstFaults).map(([file, row, fault]) => {
    const place = source.family?.grows ? `${String(file)}, line ${String(row)},` : String(file);
    return `${name}: ${place} ${String(fault)}; it would go to quarantine.`;
  });
  return [...sentences, ...more];
}

/**
 * A broken file or line is a row with NULL in every column, which the census takes for so many missing values: they are one
 * finding, at the column that says where the row is from.
 */
export function withFaults(
  database: LegacyDatabase,
  { source }: LegacyTable,
  census: readonly ColumnCensus[],
): readonly ColumnCensus[] {
  if (!source.family) return census;
  const broken = `FROM ${quoteName(source.table)} WHERE fault IS NOT NULL`;
  const count = Number(database.rows(`SELECT count(*) ${broken}`)[0]?.[0] ?? 0);
  if (count === 0) return census;
  const keys = database.rows(`SELECT ${quoteName(source.key)} ${broken} ORDER BY 1 LIMIT ${firstKeys}`);
  const others = census.map((column) => ({
    ...column,
    hazards: column.hazards.flatMap((hazard) => lessNulls(hazard, count)),
  }));
  const about = `broken, or larger than ${maxFamilyFileBytes(source.family)} bytes`;
  const hazard = {
    code: 'FILE',
    outcome: 'quarantined',
    about,
    count,
    keys: keys.map(([key]) => String(key)),
  } as const;
  return [...others, { column: 'source_file', conversion: 'text', forms: {}, hazards: [hazard], notes: [] }];
}

function lessNulls(hazard: ColumnCensus['hazards'][number], broken: number): ColumnCensus['hazards'] {
  if (hazard.code !== 'B32') return [hazard];
  return hazard.count > broken ? [{ ...hazard, count: hazard.count - broken }] : [];
}
