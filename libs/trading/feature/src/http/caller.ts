import type { FastifyRequest } from 'fastify';

const CALLER = Symbol('caller');

/** Notes who asks: the id of an API key. */
export function noteCaller(request: FastifyRequest, caller: string): void {
  (request as FastifyRequest & { [CALLER]?: string })[CALLER] = caller;
}

/** Who asks; `anonymous` where nobody had to say. */
export const callerOf = (request: FastifyRequest): string =>
  (request as FastifyRequest & { [CALLER]?: string })[CALLER] ?? 'anonymous';
