export * from './backup';
export * from './mapping/conversion';
export { jsonFault } from './mapping/json-fault';
export * from './mapping/legacy-table';
export { cutoverEvidence, type CutoverEvidence } from './evidence/cutover-evidence';
export { evidenceHtml } from './evidence/cutover-html';
export { evidenceMarkdown } from './evidence/cutover-markdown';
export { findLastReport, type Evidence } from './evidence/last-report';
export { reportHtml } from './evidence/report-html';
export { reportMarkdown } from './evidence/report-markdown';
export * from './cutover';
export * from './domains';
export * from './follow';
export * from './inspect';
export { migrationDefaults, type MigrationOptions, type SourceOptions } from './run/migration-options';
export {
  absentPhrase,
  donePhrase,
  exitCodeOf,
  isEqual,
  residualPhrase,
  type MigrationEvent,
  type MigrationReport,
  type Phase,
  type TableReport,
} from './run/migration-report';
export { replayQuarantine, type ReplayOptions, type ReplayResult } from './run/replay';
export { countTargets, withDependents } from './run/restart';
export { runMigration } from './run/run-migration';
export { acceptAudit, auditFault, auditState, brokenAudit, type AuditState } from './state/audit';
export { noteServed, servedSince } from './state/served';
export * from './state/migration.errors';
export {
  countQuarantine,
  findQuarantined,
  listQuarantine,
  type QuarantinedRow,
  type QuarantineEntry,
} from './state/quarantine';
export { expected } from './state/expected-error';
export { inSession } from './state/session';
export { checkDatabase, checkEncoding } from './state/target-database';
export { parsePythonJson, writtenMembers, type Difference, type TableVerification } from './verify';
export * from './write-back';
