import type { IncomingMessage, ServerResponse } from 'node:http';
import { BadRequestException, HttpException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemFilter } from '../problem.filter';

/** What somebody expects that nobody here can do. */
class ExpectationFailedException extends HttpException {
  constructor() {
    super('Expectation Failed', 417);
  }
}

/**
 * Refuses what Node would refuse with an empty answer that no log tells of: HTTP/1.1 without `Host` (RFC 9112, 3.2), which
 * `serverOptions` lets through to here, and an expectation other than `100-continue` (RFC 9110, 10.1.1). Their connection is
 * ended, as Node does: a client that waits for leave sends its body or does not. To be called after what adds headers.
 */
export function refuseUnfit(app: NestFastifyApplication, problems: ProblemFilter): void {
  const expecting = new WeakSet<IncomingMessage>();
  const server = app.getHttpServer();
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    expecting.add(request);
    server.emit('request', request, response);
  });
  const faultOf = (request: IncomingMessage): HttpException | null => {
    if (expecting.has(request)) return new ExpectationFailedException();
    return request.headers.host === undefined && request.httpVersion === '1.1' ? new BadRequestException() : null;
  };
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      const fault = faultOf(request.raw);
      if (fault) problems.answer(fault, request, reply.header('connection', 'close'));
      else done();
    });
}
