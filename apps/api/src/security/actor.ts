import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { callerOf } from '@sluice/trading-feature';
import type { FastifyRequest } from 'fastify';

/** The parameter of a handler that names who asks, for the audit. */
export const Actor = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const caller = callerOf(context.switchToHttp().getRequest<FastifyRequest>());
  return caller === 'anonymous' ? 'api, from this machine' : `api key ${caller}`;
});
