import { statSync } from 'node:fs';
import { findLog, type LegacyDatabase } from '@sluice/legacy';
import type { LegacyTable } from '../mapping/legacy-table';
import type { SeenFile } from '../state/known-file';

/** Null for a family: what is read of it was made for this run. Whoever closes the file asks whether it is still the same. */
export function seenFile(database: LegacyDatabase, tables: readonly LegacyTable[]): SeenFile | null {
  if (tables.some(({ source }) => source.family)) return null;
  const { dev, ino } = statSync(database.path, { bigint: true });
  const found = findLog((sql, ...params) => database.all(sql, ...params));
  return { device: String(dev), inode: String(ino), log: found?.log.generation ?? null };
}
