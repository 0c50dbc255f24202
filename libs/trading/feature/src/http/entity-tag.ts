import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { DomainError } from '@sluice/core';
import type { FastifyRequest } from 'fastify';
import { AnswersProblem } from './resource-answers';

/** What is there is not what the caller went by: somebody else changed it, or made it, after the caller looked. */
export class OutdatedError extends DomainError {
  readonly code = 'TRADING_OUTDATED';
  readonly kind = 'outdated';

  constructor(message = 'This was changed after it was read.') {
    super(message, { remedy: 'Read it again, and send the ETag of that answer.' });
  }
}

/** The strong entity tag of a row's version (`xmin::text`, which every update changes). */
export const entityTagOf = (version: string): string => `"${version}"`;

/** The preconditions of a request (RFC 9110, 13.1), as they were sent. */
export interface Preconditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** The parameter of a handler that gives what `assertMatches` asks for. */
export const Conditions = createParamDecorator((_data: unknown, context: ExecutionContext): Preconditions => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] };
});

/**
 * Compares `If-Match` and `If-None-Match` with what is there, null for nothing; without the headers everything matches. To be
 * called in the transaction that changes the row, with the row locked. Throws `TRADING_OUTDATED`.
 */
export function assertMatches({ ifMatch, ifNoneMatch }: Preconditions, current: string | null): void {
  const tag = current === null ? null : entityTagOf(current);
  if (ifMatch !== undefined && !names(ifMatch, tag)) throw new OutdatedError();
  if (ifNoneMatch !== undefined && isNamed(ifNoneMatch, tag)) throw new OutdatedError('This is there already.');
}

/** Whether `If-None-Match` names a tag. Weak ones are compared by their text, as a cache does that only reads. */
export const isNamed = (ifNoneMatch: string, tag: string | null): boolean =>
  names(ifNoneMatch.replaceAll('W/"', '"'), tag);

/** Whether a list of tags holds one; `*` holds any that there is. */
function names(list: string, tag: string | null): boolean {
  const tags = list.split(',').map((one) => one.trim());
  return tag !== null && (tags.includes('*') || tags.includes(tag));
}

/** Documents the header of a route that compares it, and the answer where it does not match. `what` has the tag. */
export const AcceptsIfMatch = (what: string): MethodDecorator =>
  applyDecorators(
    ApiHeader({ name: 'If-Match', required: false, description: `The ETag of the ${what}.` }),
    AnswersProblem(412, 'TRADING_OUTDATED: it was changed since it was read, or is there already'),
  );

/** The same of the header that a route has use for which may make something. */
export const AcceptsIfNoneMatch = (): MethodDecorator =>
  ApiHeader({ name: 'If-None-Match', required: false, description: '`*` where nothing may be there yet.' });
