import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { isNamed } from '@sluice/trading-feature';
import type { FastifyReply, FastifyRequest } from 'fastify';

type Done = (error: null, payload?: unknown) => void;

/**
 * A read whose `If-None-Match` names the ETag of its answer is answered with 304 and without a body (RFC 9110, 13.1.2): whoever
 * asks again and again whether something changed is sent it once.
 */
export function answerNotModified(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) => {
      if (!isKnown(request, reply, payload)) return done(null, payload);
      void reply.code(304).removeHeader('content-type');
      done(null, request.method === 'HEAD' ? payload : null); // Fastify measures that of HEAD, and drops it.
    });
}

function isKnown({ method, headers }: FastifyRequest, reply: FastifyReply, payload: unknown): boolean {
  const known = headers['if-none-match'];
  if (known === undefined || reply.statusCode !== 200 || (method !== 'GET' && method !== 'HEAD')) return false;
  const tag = reply.getHeader('etag');
  const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload); // The files of /docs see to it themselves.
  return isWhole && typeof tag === 'string' && isNamed(known, tag);
}
