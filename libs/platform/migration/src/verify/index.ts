export { verifyTable, type VerifyTableOptions } from './verify-table';
export type { Difference, TableVerification } from './verification';
export { VerificationInterruptedError, VerificationTargetError, VerificationUnsupportedError } from './verify.errors';
