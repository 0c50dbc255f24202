import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';
import { readTraceParent } from './trace-parent';
import type { RequestTrace, Tracing } from './tracing';

/**
 * Spans by OpenTelemetry's names. What runs now is kept here and not in the library's globals: a process may serve several
 * APIs, as tests do.
 */
export class SpanTracing implements Tracing {
  private readonly current = new AsyncLocalStorage<Context>();

  constructor(
    private readonly tracer: Tracer,
    readonly close: () => Promise<void>,
  ) {}

  request(headers: Parameters<Tracing['request']>[0]): RequestTrace {
    const span = this.tracer.startSpan('HTTP', { kind: SpanKind.SERVER }, callerOf(headers));
    const context = trace.setSpan(ROOT_CONTEXT, span);
    return {
      traceId: span.spanContext().traceId,
      within: (rest) => this.current.run(context, rest),
      ended: ({ method, route, status }) => {
        span.updateName(route === undefined ? method : `${method} ${route}`);
        span.setAttribute('http.request.method', method);
        if (status !== null) span.setAttribute('http.response.status_code', status);
        if (route !== undefined) span.setAttribute('http.route', route);
        if (status === null || status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  async part<T>(name: string, attributes: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
    const outer = this.current.getStore();
    if (!outer) return work(); // What the process does by itself, every second perhaps, is no trace.
    const span = this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, outer);
    try {
      return await this.current.run(trace.setSpan(outer, span), work);
    } catch (error) {
      failed(span, error);
      throw error;
    } finally {
      span.end();
    }
  }
}

/** The class of the failure, not its message: that may hold a value. */
function failed(span: Span, error: unknown): void {
  const type = error instanceof Error ? error.constructor.name : 'unknown';
  span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
}

function callerOf({ traceparent, tracestate }: Parameters<Tracing['request']>[0]): Context {
  const parent = readTraceParent(traceparent);
  if (!parent) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    ...{ traceId: parent.traceId, spanId: parent.spanId, isRemote: true },
    traceFlags: parent.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    ...(typeof tracestate === 'string' ? { traceState: createTraceState(tracestate) } : {}),
  });
}
