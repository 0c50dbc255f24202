import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpMetrics, RequestTrace, Tracing } from '@sluice/observability';
import { callerOf } from '@sluice/trading-feature';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from './log';
import { loggedPathOf, routeOf } from './logged-path';

type Done = () => void;

/** Who watches requests. */
export interface Observers {
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

function ended(request: FastifyRequest, reply: FastifyReply, trace: RequestTrace, observers: Observers): void {
  const { method } = request;
  const route = routeOf(request);
  const status = reply.raw.headersSent ? reply.statusCode : null;
  trace.ended({ method, route, status });
  noteAnswer(observers, {
    ...{ requestId: request.id, traceId: trace.traceId, method, route, path: loggedPathOf(request), status },
    ...{ isCut: isCutOff(request.raw, reply.raw), key: keyOf(request), ms: reply.elapsedTime },
  });
}

/** At the end of an answer. One whose connection broke is finished, too, for Node: nothing more can be written to it. */
export const isCutOff = ({ socket }: IncomingMessage, { writableFinished }: ServerResponse): boolean =>
  !writableFinished || socket.destroyed;

/** A request that is over, as the log and the metrics know it. */
export interface EndedAnswer {
  readonly requestId: string;
  readonly traceId?: string | undefined;
  readonly method: string;
  readonly route: string | undefined;
  /** As the log may show it. */
  readonly path: string;
  readonly status: number | null;
  readonly isCut: boolean;
  readonly key: string | undefined;
  readonly ms: number;
}

export function noteAnswer({ log, http }: Pick<Observers, 'log' | 'http'>, answer: EndedAnswer): void {
  const { requestId, traceId, method, route, path, status, isCut, key, ms } = answer;
  http.ended({ method, route, status, isCut, seconds: ms / 1_000 });
  log.event(isProbe(path) ? 'debug' : 'info', isCut ? 'cut off while answering' : 'answered', {
    requestId,
    traceId,
    method,
    path,
    status: status ?? undefined,
    key,
    ms: Math.round(ms),
  });
}
