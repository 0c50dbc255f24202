export { collectGarbage } from './collect-garbage';
export { maxFamilyFileBytes, readFamilyFile, type FamilyRead } from './family-files';
export type { CheckRow, FamilyFolder, FileFamily, FoundFamilyFile, ReadFile, StagedRow } from './file-family';
export type { FamilyFingerprint, SourceFingerprint } from './fingerprint';
export { jsonMembers, JsonSliceError, jsonString, type JsonSlice } from './json-slices';
export { corrupt, LegacyFileError, type LegacyErrorCode } from './legacy.errors';
export { LegacyDatabase } from './legacy-database';
export type { OpenOptions } from './open-file';
export { foldName, highWaterOf, isRowidAlias, quoteName, readTables } from './legacy-schema';
export type { LegacyColumnInfo, LegacyTableInfo, SqlValue } from './legacy-schema';
export { changedIntervals } from './page-diff/changed-intervals';
export { compareLooks, lookAt, type FileLook } from './page-diff/file-look';
export { whyReplaced, type FileMark } from './page-diff/file-mark';
export { decodeStamps, encodeStamps, readStamps, removeStamps, writeStamps } from './page-diff/stamp-file';
export {
  closeAtOnce,
  openForMoment,
  stampsInTurns,
  stampsOf,
  stampTable,
  stampTables,
  TableView,
  type StampedTable,
  type StampOptions,
  type PatchSize,
  type TableStamps,
} from './page-diff/stamp-table';
export { patched, Stamps, unknownHash, type Patch } from './page-diff/stamps';
export { PageFile } from './page-file';
export type { Damage, DamagedPage, KeySpan, LostRow } from './salvage/damage';
export { isDamage, openSalvaged, openSalvagedAtOnce } from './salvage/salvaged-database';
export type { Bounds } from './salvage/table-page';
export { leafPages, type LeafPage } from './table-tree';
export { isDiskFull, sqliteErrorCode, systemErrorCode, translated } from './sqlite-errors';
export {
  EVIDENCE_COLUMNS,
  familyNames,
  ROWS_PER_FILE,
  sha256Of,
  STAGED_FILES,
  stageFamily,
  type StagedColumn,
  type StageOptions,
} from './staged-family';
export { zoneSuffix, type Zone } from './zone';
export * from './change-log';
