import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { DomainError } from '@sluice/core';
import { AnswersProblem } from './resource-answers';

/** Somebody else changed it after the caller saw it. */
export class OutdatedError extends DomainError {
  readonly code = 'TRADING_OUTDATED';
  readonly kind = 'outdated';

  constructor() {
    super('This was changed after it was read.', { remedy: 'Read it again, and send the ETag of that answer.' });
  }
}

/** The strong entity tag of a row's version (`xmin::text`, which every update changes). */
export const entityTagOf = (version: string): string => `"${version}"`;

/**
 * Compares `If-Match` (RFC 9110, 13.1.1) with what is there, null for nothing; without the header everything matches. To be
 * called in the transaction that changes the row, with the row locked. Throws `TRADING_OUTDATED`.
 */
export function assertMatches(ifMatch: string | undefined, current: string | null): void {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (current === null || !(tags.includes('*') || tags.includes(entityTagOf(current)))) throw new OutdatedError();
}

/** Documents the header of a route that compares it, and the answer where it does not match. `what` has the tag. */
export const AcceptsIfMatch = (what: string): MethodDecorator =>
  applyDecorators(
    ApiHeader({ name: 'If-Match', required: false, description: `The ETag of the ${what}.` }),
    AnswersProblem(412, 'TRADING_OUTDATED: it was changed since it was read'),
  );
