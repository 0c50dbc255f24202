export { maxFamilyFileBytes, readFamilyFile, type FamilyRead } from './family-files';
export type { CheckRow, FamilyFolder, FileFamily, FoundFamilyFile, ReadFile, StagedRow } from './file-family';
export type { FamilyFingerprint, SourceFingerprint } from './fingerprint';
export { jsonMembers, JsonSliceError, jsonString, type JsonSlice } from './json-slices';
export { corrupt, LegacyFileError, type LegacyErrorCode } from './legacy.errors';
export { LegacyDatabase, type OpenOptions } from './legacy-database';
export { foldName } from './legacy-schema';
export type { LegacyColumnInfo, LegacyTableInfo, SqlValue } from './legacy-schema';
export { PageFile } from './page-file';
export type { Damage, DamagedPage, KeySpan, LostRow } from './salvage/damage';
export { isDamage, openSalvaged, openSalvagedAtOnce } from './salvage/salvaged-database';
export { leafPages, type LeafPage } from './table-tree';
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
