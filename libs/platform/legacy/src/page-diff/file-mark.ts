/**
 * What stays while a file is only written to, seen in a transaction: a counter that was read without one may be of a commit
 * that was undone.
 */
export interface FileMark {
  readonly device: bigint;
  readonly inode: bigint;
  /** When the file was made: the inode of one that was removed may go to the next. Null where that is not known. */
  readonly bornNs: bigint | null;
  readonly pageSize: number;
  readonly encoding: string;
  /** SQLite's count of transactions that changed the file; null in WAL mode, where it stands still. */
  readonly changeCounter: number | null;
}

/** What shows that this is another file, or an older state of it; null where it is the same file. */
export function whyReplaced(before: FileMark, now: FileMark): string | null {
  if (before.device !== now.device || before.inode !== now.inode) return 'another file lies at its path';
  if (before.bornNs !== null && now.bornNs !== null && before.bornNs !== now.bornNs)
    return 'a newer file has its name and its inode';
  if (before.encoding !== now.encoding) return `its texts are ${now.encoding} and were ${before.encoding}`;
  if (before.pageSize !== now.pageSize) return `its pages have ${now.pageSize} bytes and had ${before.pageSize}`;
  const [counted, counts] = [before.changeCounter, now.changeCounter];
  const isOlder = counted !== null && counts !== null && counts < counted;
  return isOlder ? `it counts ${counts} changes and counted ${counted} before` : null;
}
