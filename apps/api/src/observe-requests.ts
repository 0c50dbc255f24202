import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpMetrics, RequestTrace, Tracing } from '@sluice/observability';
import { callerOf } from '@sluice/trading-feature';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EndedAnswers } from './ended-answers';
import { loggedPathOf, routeOf } from './logged-path';
import { isCutOff, whenOver } from './when-over';

type Done = () => void;

/** Who watches requests. */
export interface Observers {
  readonly http: HttpMetrics;
  readonly ended: EndedAnswers;
  readonly tracing: Tracing;
}

const traces = new WeakMap<FastifyRequest, RequestTrace>();

/** For the log; undefined where nobody traces the request. */
export const traceIdOf = (request: FastifyRequest): string | undefined => traces.get(request)?.traceId;

/** The id of the API key; undefined where nobody was asked for one. */
const keyOf = (request: FastifyRequest): string | undefined => {
  const caller = callerOf(request);
  return caller === 'anonymous' ? undefined : caller;
};

/** Echoes the request id, writes one line per answer, measures it, and makes it a part of its caller's trace. */
export function observeRequests(app: NestFastifyApplication, observers: Observers): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: Done) => {
    void reply.header('x-request-id', request.id);
    observers.http.begun();
    const { traceparent, tracestate } = request.headers;
    const trace = observers.tracing.request({ traceparent, tracestate });
    traces.set(request, trace);
    // Not the hook `onResponse`: it is silent about a caller who goes away while its body is read.
    whenOver(request.raw, reply.raw, () => ended(request, reply, trace, observers));
    trace.within(done);
  });
  // A body is read in events of the connection, which belong to no request.
  fastify.addHook('preValidation', (request: FastifyRequest, _reply: FastifyReply, done: Done) => {
    const trace = traces.get(request);
    if (trace) trace.within(done);
    else done();
  });
}

function ended(request: FastifyRequest, reply: FastifyReply, trace: RequestTrace, observers: Observers): void {
  const { method } = request;
  const route = routeOf(request);
  const status = reply.raw.headersSent ? reply.statusCode : null;
  trace.ended({ method, route, status });
  observers.ended.add({
    ...{ requestId: request.id, traceId: trace.traceId, method, route, path: loggedPathOf(request), status },
    ...{ isCut: isCutOff(request.raw, reply.raw), key: keyOf(request), ms: reply.elapsedTime },
  });
}
