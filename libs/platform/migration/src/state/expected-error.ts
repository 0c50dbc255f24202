import { DomainError, messageOf } from '@sluice/core';
import type { Mode } from '../domains/domain';
import { ModeRefusedError } from '../domains/domain.errors';
import {
  EngineSchemaError,
  PostgresAwayError,
  PostgresBusyError,
  PostgresFullError,
  PostgresLoginError,
  PostgresPrivilegeError,
  StatementCancelledError,
  TargetReadOnlyError,
} from './migration.errors';
import { classify, isSchemaError, isWrongAddress, REFUSED_BY_MODE, serverErrorOf, sqlState } from './postgres-errors';

/** What PostgreSQL says of itself, its doors or a foreign schema, as an expected failure; anything else as it is. */
export function expected(thrown: unknown): unknown {
  if (thrown instanceof DomainError) return thrown;
  const found = meaningOf(serverErrorOf(thrown) ?? thrown);
  return found ?? thrown;
}

function meaningOf(error: unknown): DomainError | null {
  if (isSchemaError(error)) return new EngineSchemaError(error);
  if (isWrongAddress(error)) return new PostgresLoginError(error);
  const code = sqlState(error);
  if (code === REFUSED_BY_MODE) return modeRefusal(error);
  if (code === '42501') return new PostgresPrivilegeError(privilegeText(error));
  if (code === '25006') return new TargetReadOnlyError();
  if (code === '53100') return new PostgresFullError(error);
  const kind = classify(error);
  if (kind === 'connection') return new PostgresAwayError(error);
  if (kind === 'cancelled') return new StatementCancelledError(error);
  return kind === 'transient' || code?.startsWith('53') ? new PostgresBusyError(error) : null;
}

/** The guard of a domain's tables tells the domain and its mode. */
function modeRefusal(error: unknown): ModeRefusedError {
  const { detail } = error as { detail?: string };
  const { domain, mode } = JSON.parse(detail ?? '{}') as { domain?: string; mode?: Mode };
  return new ModeRefusedError(domain ?? '?', mode ?? 'legacy', error);
}

/** PostgreSQL names the object; the privilege itself only where the object is the database, in the detail. */
function privilegeText(error: unknown): string {
  const { detail } = error as { detail?: string };
  return `${messageOf(error)}${detail ? ` (${detail.replace(/\.$/, '')})` : ''}`;
}
