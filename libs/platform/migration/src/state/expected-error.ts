import { DomainError } from '@sluice/core';
import { EngineSchemaError, PostgresAwayError } from './migration.errors';
import { classify, isSchemaError } from './postgres-errors';

/** What PostgreSQL says of its absence or of a foreign schema, as an expected failure; anything else as it is. */
export function expected(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (isSchemaError(error)) return new EngineSchemaError(error);
  return classify(error) === 'connection' ? new PostgresAwayError(error) : error;
}
