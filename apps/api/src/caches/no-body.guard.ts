import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { isBodyEmpty } from '@sluice/trading-feature';
import type { FastifyRequest } from 'fastify';
import { RequestInvalidError } from '@sluice/trading-feature';

/** For routes that take no body: `{"dryRun": true}` in one would be passed over, and everything be removed. */
@Injectable()
export class NoBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (isBodyEmpty(context.switchToHttp().getRequest<FastifyRequest>().body)) return true;
    throw new RequestInvalidError([
      { pointer: '', detail: 'the route takes no body; what it can be told is a query parameter' },
    ]);
  }
}
