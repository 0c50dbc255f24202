import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DomainReads } from '@sluice/trading-feature';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** `legacy`, `postgres`, or both where an answer is made of several domains. */
export const READ_FROM = 'sluice-read-from';

/**
 * Says on an answer which side it was read from, while a domain has two. To be called before what answers requests: the side is
 * noted where it is chosen, in the same request.
 */
export function tellSides(app: NestFastifyApplication, reads: DomainReads): void {
  const within = (_request: FastifyRequest, reply: FastifyReply, done: () => void): void =>
    reads.within((sides) => {
      if (!reply.sent) void reply.header(READ_FROM, sides);
    }, done);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', within);
  // A body is read in events of the connection, which belong to no request.
  fastify.addHook('preValidation', within);
}
