import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { DomainError, type ErrorKind } from '@sluice/core';
import { isLegacyPath, ParameterInvalidError, RequestInvalidError } from '@sluice/trading-feature';
import type { WithHeaders } from './security/security.errors';

/** The answer to a request that failed. `isUnexpected`: a bug, or something that nobody thought of. */
export interface FailedAnswer {
  readonly status: number;
  readonly contentType: 'application/problem+json' | 'application/json';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  readonly code: string;
  readonly isUnexpected: boolean;
}

const statusOf: Readonly<Record<ErrorKind, number>> = {
  usage: 400,
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  outdated: 412,
  'too-many': 429,
  refused: 409,
  differs: 409,
  unavailable: 503,
  interrupted: 503,
};

const retryAfterSeconds = 5;

interface Meaning {
  readonly status: number;
  readonly code: string;
  /** What the caller may know. */
  readonly detail: string;
}

/** The standard phrase of a status as a code: `HTTP_NOT_FOUND`. */
const httpCode = (status: number): string =>
  `HTTP_${(STATUS_CODES[status] ?? String(status)).toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;

function meaningOf(error: unknown): Meaning | null {
  if (error instanceof DomainError) return { status: statusOf[error.kind], code: error.code, detail: error.message };
  const status = error instanceof HttpException ? error.getStatus() : requestFault(error);
  return status === null ? null : { status, code: httpCode(status), detail: STATUS_CODES[status] ?? 'Error' };
}

/** Fastify's own errors about the request (a bad URL, a body too large) say 4xx; anything else is ours. */
function requestFault(error: unknown): number | null {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

/** Those that the failure says of itself, such as how to authenticate. */
const headersOf = (error: unknown): Readonly<Record<string, string>> =>
  error instanceof DomainError && 'headers' in error ? (error as DomainError & WithHeaders).headers : {};

interface FailedRequest {
  /** As it was sent. */
  readonly path: string;
  /** The router's pattern, however the path is spelled (`/v%31/top-picks` for one); undefined where there is no route. */
  readonly route?: string | undefined;
  readonly requestId: string;
}

/** RFC 9457 problem details; on the legacy service's paths its own `{"detail": ...}`. Internals stay in the log. */
export function failedAnswer(error: unknown, request: FailedRequest): FailedAnswer {
  const known = meaningOf(error);
  const { status, code, detail } = known ?? {
    status: 500,
    code: 'INTERNAL',
    detail: 'The request failed. The log knows why, under the request id.',
  };
  const headers = status === 503 ? { 'retry-after': String(retryAfterSeconds) } : headersOf(error);
  const isUnexpected = known === null || status === 500;
  if (isLegacyPath(request.route ?? request.path)) {
    const legacyDetail = error instanceof ParameterInvalidError ? error.problems : known ? detail : STATUS_CODES[500];
    const body = { detail: legacyDetail };
    return { status, contentType: 'application/json', headers, body, code, isUnexpected };
  }
  const body = {
    type: code.startsWith('HTTP_') ? 'about:blank' : `urn:sluice:error:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: request.path,
    code,
    requestId: request.requestId,
    ...(error instanceof RequestInvalidError ? { errors: error.problems } : {}),
  };
  return { status, contentType: 'application/problem+json', headers, body, code, isUnexpected };
}
