import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ParameterInvalidError } from './legacy-parameters.pipe';

/** Whether a request tells nothing in its body. */
export const isBodyEmpty = (body: unknown): boolean =>
  body === undefined ||
  body === null ||
  body === '' ||
  (typeof body === 'object' && !Array.isArray(body) && Object.keys(body).length === 0);

/**
 * The routes that remove something take their filters as query parameters. A filter in the body, which would be passed
 * over, is refused with 422 instead: everything would be removed. The legacy service passed over it.
 */
@Injectable()
export class NoBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { body } = context.switchToHttp().getRequest<{ body?: unknown }>();
    if (isBodyEmpty(body)) return true;
    const msg = 'Extra inputs are not permitted: filters are query parameters';
    throw new ParameterInvalidError([{ loc: ['body'], msg, type: 'extra_forbidden' }]);
  }
}
