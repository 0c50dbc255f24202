export { formatApiKey, hashOfSecret, isSecretOf, newApiKey, parseApiKey, type ApiKeyText } from './api-key-text';
export {
  ApiKeyEndedError,
  ApiKeyRotatedError,
  ApiKeys,
  ApiKeyUnknownError,
  apiScopes,
  type ApiKey,
  type ApiScope,
  type NewApiKey,
  type StoredApiKey,
} from './api-keys';
export type { CacheBacklog } from './backlog';
export { CacheWriteBack, type QueuedWrite } from './cache-write-back';
export { CacheOutbox, type CacheInvalidation, type ClaimedInvalidation } from './cache-outbox';
export { BatchedReads, BatchPool, type BatchedStatement } from './batched-reads';
export { DomainModes, readsLegacy, type DomainMode, type KnownMode } from './domain-modes';
export { DomainStates, type DomainTraffic } from './domain-states.repository';
export { Prisma, type PrismaClient } from './generated/client';
export {
  IdempotentWrites,
  IdempotencyKeyReusedError,
  type Answered,
  type IdempotentRequest,
} from './idempotent-writes';
export { LegacyFollowRepository, type LegacyFollowState } from './legacy-follow.repository';
export { LegacyMigrationRepository, type LegacyTableState } from './legacy-migration.repository';
export { findMigrationsFolder, MigrationHistory, type SchemaState } from './migration-history';
export {
  DatabaseAddressError,
  DomainWriteRefusedError,
  isUnavailable,
  MigrationsNotFoundError,
  PostgresReadOnlyError,
  PostgresUnavailableError,
  WriteContendedError,
} from './postgres.errors';
export {
  Postgres,
  type ObserveWork,
  type PoolState,
  type PostgresOptions,
  type ServerState,
  type Transaction,
} from './postgres';
export {
  ShadowReadRepository,
  type DomainShadowReads,
  type NewShadowDifference,
  type ShadowOperationCounts,
} from './shadow-read.repository';
