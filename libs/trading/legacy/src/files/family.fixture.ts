import type { CheckRow, FamilyFolder, FoundFamilyFile, StagedRow, Zone } from '@sluice/legacy';
import type { CacheRow, CacheTarget, LegacyTable } from '@sluice/migration';

/** What a family makes of one file, by its reader and by its checker; a row per line that is none is `blank`. */
export function readFile(
  { source: { family } }: LegacyTable,
  name: string,
  content: string | Buffer,
  {
    index = null,
    names = [name],
    zone = 'Asia/Kolkata',
  }: { index?: string | null; names?: string[]; zone?: Zone } = {},
): { rows: StagedRow[]; checked: CheckRow[] } {
  if (!family) throw new TypeError('No family.');
  const indexFile: FoundFamilyFile | null =
    index === null ? null : { name: family.index ?? '', bytes: Buffer.from(index) };
  const folder: FamilyFolder = { names: new Set(names), index: indexFile, zone };
  const file = { name, bytes: Buffer.from(content) };
  return { rows: [...family.reader(folder)(file)], checked: [...family.checker(folder)(file)] };
}

/** The values of the rows that are none of the broken ones. */
export const valuesOf = (rows: readonly StagedRow[]): Readonly<Record<string, unknown>>[] =>
  rows.flatMap((row) => (row !== 'blank' && 'values' in row ? [row.values] : []));

export function entryOf({ target }: LegacyTable, row: CacheRow, nowMs: number): ReturnType<CacheTarget['entry']> {
  if (target.kind !== 'cache') throw new TypeError('No cache.');
  return target.entry(row, nowMs);
}
