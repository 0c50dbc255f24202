import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { DomainError } from '@sluice/core';
import type { Answered, IdempotentRequest } from '@sluice/postgres';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from './caller';
import { sizeFault } from './plain-json';
import { RequestInvalidError } from './request.pipe';

/** `Idempotency-Key` is not what may be a key. */
export class IdempotencyKeyInvalidError extends DomainError {
  readonly code = 'IDEMPOTENCY_KEY_INVALID';
  readonly kind = 'invalid';

  constructor() {
    super('Idempotency-Key must be 1 to 255 visible ASCII characters.', { remedy: 'A UUID will do.' });
  }
}

/**
 * The request as `IdempotentWrites` takes it; null where it carries no `Idempotency-Key`. Throws `IDEMPOTENCY_KEY_INVALID`,
 * and `API_REQUEST_INVALID` for a body that nests too deep to be written as text: it comes before the pipe.
 */
export function idempotentRequestOf(request: FastifyRequest): IdempotentRequest | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) throw new IdempotencyKeyInvalidError();
  const fingerprint = createHash('sha256')
    .update(`${request.method} ${request.url}\n${textOf(request.body)}`)
    .digest();
  return { caller: callerOf(request), key, fingerprint };
}

/**
 * The body, however its members are ordered and blanks are set: a client that makes its JSON anew for a second attempt sends the
 * same request. What else a body may not hold is for its pipe to say, which may take the rest of a list with one bad item.
 */
function textOf(body: unknown): string {
  // One that would take long to put in order is refused by the pipe.
  const ordered = sizeFault(body) === null ? (_name: string, value: unknown) => inOrder(value) : undefined;
  try {
    return JSON.stringify(body ?? null, ordered);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RequestInvalidError([{ pointer: '', detail: 'the body nests too deep' }]);
  }
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The parameter of a handler that gives what `IdempotentWrites` asks for. */
export const Idempotent = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  idempotentRequestOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The answer, with `Idempotency-Replayed: true` where it is that of an earlier time. */
export function replyOf<T>(reply: Pick<FastifyReply, 'header'>, { answer, isReplayed }: Answered<T>): T {
  if (isReplayed) void reply.header('Idempotency-Replayed', 'true');
  return answer;
}

/** Documents `Idempotency-Key`. */
export const AcceptsIdempotencyKey = (): MethodDecorator =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered ' +
      'twice, the second time with `Idempotency-Replayed: true`.',
    schema: { type: 'string', maxLength: 255 },
  });
