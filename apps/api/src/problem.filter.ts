import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { messageOf } from '@sluice/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Log } from './log';
import { failedAnswer } from './problem';

/** The path without the query, which may hold values of users. */
export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/';

/** Also where the rest is spelled as no route is. */
const ENTRY = /^(.*\/entries\/)./i;

/** The path for the log: a key of a cache may be of users. */
export function loggedPathOf(request: FastifyRequest): string {
  const path = pathOf(request);
  const pattern = request.routeOptions?.url;
  if (pattern?.endsWith('/entries/:key')) return pattern;
  const [, before] = ENTRY.exec(path) ?? [];
  return before === undefined ? path : `${before}:key`;
}

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
    const path = pathOf(request);
    const { status, contentType, headers, body, code, isUnexpected } = failedAnswer(error, {
      path,
      requestId: request.id,
    });
    const fields = { requestId: request.id, method: request.method, path: loggedPathOf(request), status, code };
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
