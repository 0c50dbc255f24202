export type { SourceFingerprint } from './fingerprint';
export { corrupt, LegacyFileError, type LegacyErrorCode } from './legacy.errors';
export { LegacyDatabase, type OpenOptions } from './legacy-database';
export type { LegacyColumnInfo, LegacyTableInfo, SqlValue } from './legacy-schema';
export { PageFile } from './page-file';
export { leafPages, type LeafPage } from './table-tree';
