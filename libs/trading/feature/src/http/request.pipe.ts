import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { DomainError } from '@sluice/core';
import type { ValidationError } from 'class-validator';
import { pointerPart, sizeFault, unstorableParts } from './plain-json';

/** One rule that a request breaks. */
export interface RequestProblem {
  /** Where, as a JSON pointer (RFC 6901) into the body, or `/name` for a parameter. */
  readonly pointer: string;
  readonly detail: string;
}

/** A parameter or a field of the body breaks a rule; the message names each of them and shows no value. */
export class RequestInvalidError extends DomainError {
  readonly code = 'API_REQUEST_INVALID';
  readonly kind = 'invalid';

  constructor(readonly problems: readonly RequestProblem[]) {
    super(`${problems.map(({ detail }) => detail).join('; ')}.`);
  }
}

/** Enough to mend a request by, and no answer that is larger than what was asked. */
const MAX_PROBLEMS = 20;

/**
 * Checks requests by the rules of their classes; a field that there is not is refused, and anywhere what no row could hold:
 * NUL, half a character, infinities, too deep nesting; and a body that would take long to check. Throws `RequestInvalidError`.
 */
@Injectable()
export class RequestPipe extends ValidationPipe {
  constructor() {
    super({
      ...{ transform: true, whitelist: true, forbidNonWhitelisted: true },
      transformOptions: { exposeUnsetFields: false },
      exceptionFactory: (errors: ValidationError[]) =>
        new RequestInvalidError(problemsOf(errors, '').slice(0, MAX_PROBLEMS)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body') assertChecksSoon(value);
    const unstorable = metadata.type === 'custom' ? [] : unstorableParts(value);
    if (unstorable.length > 0) throw new RequestInvalidError(unstorable);
    return super.transform(value, metadata);
  }
}

/** No route takes a list: each of its elements would be checked by itself. */
function assertChecksSoon(body: unknown): void {
  const detail = Array.isArray(body) ? 'the body must be an object' : sizeFault(body);
  if (detail !== null) throw new RequestInvalidError([{ pointer: '', detail }]);
}

function problemsOf(errors: readonly ValidationError[], above: string): RequestProblem[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const pointer = `${above}/${pointerPart(property)}`;
    const own = Object.values(constraints ?? {}).map((detail) => ({ pointer, detail }));
    return [...own, ...problemsOf(children ?? [], pointer)];
  });
}
