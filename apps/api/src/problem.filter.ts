import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { messageOf } from '@sluice/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Log } from './log';
import { loggedPathOf, pathOf, routeOf } from './logged-path';
import { traceIdOf } from './observe-requests';
import { failedAnswer } from './problem';

/** The one place where an exception becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const health = healthReport(error);
    if (health) {
      void reply.status(503).send(health);
      return;
    }
    const { status, contentType, headers, body, code, isUnexpected } = failedAnswer(error, {
      path: pathOf(request),
      route: routeOf(request),
      requestId: request.id,
    });
    const fields = {
      ...{ requestId: request.id, traceId: traceIdOf(request), method: request.method, path: loggedPathOf(request) },
      ...{ status, code },
    };
    if (isUnexpected) this.log.failure('request failed', error, fields);
    else if (status >= 500) this.log.event('warn', 'request failed', { ...fields, error: messageOf(error) });
    // The bytes, not the object: Fastify would look for a serialiser of `application/problem+json`.
    void reply
      .status(status)
      .headers(headers)
      .type(contentType)
      .send(Buffer.from(JSON.stringify(body)));
  }
}

/** Terminus throws its report when something is down; the report is the answer, not a problem. */
function healthReport(error: unknown): object | null {
  const body = error instanceof HttpException ? error.getResponse() : null;
  return typeof body === 'object' && body !== null && 'details' in body ? body : null;
}
