import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpMetrics, RequestTrace, Tracing } from '@sluice/observability';
import { callerOf } from '@sluice/trading-feature';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from './log';
import { loggedPathOf, pathOf } from './logged-path';

type Done = () => void;

/** Who watches requests. */
interface Observers {
  readonly log: Log;
  readonly http: HttpMetrics;
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

/** What asks all the time, and would be all of the log. */
const isProbe = (path: string): boolean => path.startsWith('/health') || path === '/metrics';

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
    reply.raw.once('close', () => ended(request, reply, trace, observers));
    trace.within(done);
  });
  // A body is read in events of the connection, which belong to no request.
  fastify.addHook('preValidation', (request: FastifyRequest, _reply: FastifyReply, done: Done) => {
    const trace = traces.get(request);
    if (trace) trace.within(done);
    else done();
  });
}

function ended(request: FastifyRequest, reply: FastifyReply, trace: RequestTrace, { log, http }: Observers): void {
  const { method } = request;
  const route = request.is404 ? undefined : request.routeOptions.url;
  const isCut = !reply.raw.writableFinished;
  const status = reply.raw.headersSent ? reply.statusCode : null;
  const ms = reply.elapsedTime;
  http.ended({ method, route, status, isCut, seconds: ms / 1_000 });
  trace.ended({ method, route, status });
  log.event(isProbe(pathOf(request)) ? 'debug' : 'info', isCut ? 'cut off while answering' : 'answered', {
    requestId: request.id,
    traceId: trace.traceId,
    method,
    path: loggedPathOf(request),
    status: status ?? undefined,
    key: keyOf(request),
    ms: Math.round(ms),
  });
}
