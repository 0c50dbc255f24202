import type { FileMark, LegacyDatabase } from '@sluice/legacy';
import type { WatchedTable } from './watched-table';

/** What PostgreSQL keeps of a watched file, besides the number of the look. */
export interface WatchDetail {
  /** The beginning of the names of its stamps. */
  readonly owner?: string;
  readonly mark?: StoredMark | null;
  /** By table, the file of its stamps. */
  readonly stamps?: Readonly<Record<string, string>>;
  readonly given?: Given;
}

/** Keys as texts, by the mappings' names; tables of which SQLite keeps no greatest key are left out. */
export type Given = Readonly<Record<string, string>>;

export function givenOf(database: LegacyDatabase, tables: readonly WatchedTable[]): Given {
  const kept = tables.flatMap(({ mapping: { name, source, target } }) => {
    const key = target.kind === 'postgres' ? database.highWater(source.table) : null;
    return key === null ? [] : [[name, String(key)] as const];
  });
  return Object.fromEntries(kept);
}

type StoredMark = Omit<FileMark, 'device' | 'inode' | 'bornNs'> &
  Readonly<{ device: string; inode: string; bornNs?: string | null }>;

export const storedMark = (mark: FileMark): StoredMark => ({
  ...mark,
  ...{ device: String(mark.device), inode: String(mark.inode), bornNs: mark.bornNs?.toString() ?? null },
});

export const markOf = (mark: StoredMark): FileMark => ({
  ...mark,
  ...{ device: BigInt(mark.device), inode: BigInt(mark.inode) },
  bornNs: typeof mark.bornNs === 'string' ? BigInt(mark.bornNs) : null,
});
