export { totals, type ColumnTotal } from './totals';
export {
  verifyCacheTable,
  type CacheReader,
  type CacheVerification,
  type VerifyCacheTableOptions,
} from './verify-cache-table';
export type { OriginalsReader } from './originals-check';
export { verifySequence, type SequenceVerification } from './verify-sequence';
export { verifyTable, type VerifyTableOptions } from './verify-table';
export type { Difference, TableVerification } from './verification';
export { VerificationInterruptedError, VerificationTargetError, VerificationUnsupportedError } from './verify.errors';
export { checkStaging, withStaging, type StagingCheck } from './check-staging';
export { parsePythonJson, writtenMembers } from './python-json';
