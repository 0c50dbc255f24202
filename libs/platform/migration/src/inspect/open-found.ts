import { LegacyDatabase, stageFamily } from '@sluice/legacy';
import type { LegacyTable } from '../mapping/legacy-table';
import { MemoryRelief } from '../memory-relief';
import type { FoundFile } from './find-sources';

/** Opens a legacy file, or stages a family of files. Throws the signal's reason when it is aborted meanwhile. */
export async function openFound(
  { file, tables, family }: FoundFile,
  options: { readonly snapshot?: 'auto' | 'in-place'; readonly signal?: AbortSignal | undefined } = {},
): Promise<LegacyDatabase> {
  const { signal, ...others } = options;
  const [table] = tables;
  if (!family || !table) return LegacyDatabase.openInTurns(file, { ...others, ...(signal ? { signal } : {}) });
  const relief = new MemoryRelief();
  const onUsed = (bytes: number): void => relief.after(bytes);
  const shape = stagedShape(table);
  const database = await stageFamily(file, family.files, { zone: family.zone, table: shape, signal, onUsed });
  relief.collect(); // A log was in memory as a whole.
  return database;
}

function stagedShape({ source: { table, key }, columns }: LegacyTable) {
  const staged = Object.entries(columns).filter(([name]) => name !== key);
  return {
    name: table,
    key,
    columns: staged.map(([name, { kind }]) => ({ name, type: kind === 'integer' ? 'INTEGER' : 'TEXT' }) as const),
  };
}
