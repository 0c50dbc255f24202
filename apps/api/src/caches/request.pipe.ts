import { Injectable, ValidationPipe } from '@nestjs/common';
import { DomainError } from '@sluice/core';
import type { ValidationError } from 'class-validator';

/** A parameter or a field of the body breaks a rule; the message names each of them and shows no value. */
export class RequestInvalidError extends DomainError {
  readonly code = 'API_REQUEST_INVALID';
  readonly kind = 'invalid';

  constructor(rules: readonly string[]) {
    super(`${rules.join('; ')}.`);
  }
}

/** Checks requests by the rules of their classes; a field that there is not is refused. Throws `RequestInvalidError`. */
@Injectable()
export class RequestPipe extends ValidationPipe {
  constructor() {
    super({
      ...{ transform: true, whitelist: true, forbidNonWhitelisted: true },
      transformOptions: { exposeUnsetFields: false },
      exceptionFactory: (errors: ValidationError[]) =>
        new RequestInvalidError(errors.flatMap(({ constraints }) => Object.values(constraints ?? {}))),
    });
  }
}
