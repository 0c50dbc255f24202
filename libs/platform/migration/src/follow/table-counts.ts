/** What a batch did to one table. */
export interface TableCounts {
  /** Rows or entries inserted or changed. */
  written: number;
  deleted: number;
  /** Deleted in the file by its retention, and kept here. */
  kept: number;
  quarantined: number;
  /** By how much the number of the file's rows that are in the target has changed, and of those in quarantine. */
  copiedBy: number;
  quarantinedBy: number;
}

export const noCounts = (): TableCounts => ({
  written: 0,
  deleted: 0,
  kept: 0,
  quarantined: 0,
  copiedBy: 0,
  quarantinedBy: 0,
});
