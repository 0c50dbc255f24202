export * from './backup.errors';
export { findBackup, listBackups, type BackupKind, type BackupRecord } from './backup-record';
export type { BackupOptions } from './backup-options';
export { createBackup, type CreateOptions, type TakenBackup } from './create-backup';
export { MANIFEST, readManifest, type FoundBackup, type Manifest } from './manifest';
export type { BackupEvent } from './progress';
export { checkBackup, checkRecorded, rehearseBackup, restoreBackup, type RestoreOptions } from './use-backup';
export { createArchive, planRemoval, removeOriginals, type Removal, type RemovalOptions } from './archive';
