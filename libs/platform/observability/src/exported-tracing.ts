import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type SpanExporter,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { SpanTracing } from './span-tracing';
import type { Tracing } from './tracing';

export interface TracingOptions {
  /** An OTLP collector over HTTP, `http://collector:4318`. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** Of the traces that begin here, this share is kept, from 0 to 1; a caller's decision is followed. */
  readonly sampleRatio: number;
  /** Told when the collector begins to fail: spans are lost then, requests are not. */
  readonly onExportFailed: (error: Error) => void;
}

/** How long spans may take to be sent, with attempts: a process that ends waits no longer. */
const EXPORT_MS = 2_000;

/**
 * Sends spans to a collector, in batches and in the background. An entry of its own (`@sluice/observability/exported`),
 * loaded only where it is wanted: OpenTelemetry's libraries would cost every start a tenth of a second.
 */
export function exportedTracing(options: TracingOptions): Tracing {
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const outcome = toldOnce(options.onExportFailed);
  const exporter = watched(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS }), outcome);
  return tracingOver(new BatchSpanProcessor(exporter), options, outcome);
}

/** The same with any destination, for tests. A failure to send the last spans is told, and ends nothing. */
export function tracingOver(
  processor: SpanProcessor,
  { serviceName, sampleRatio }: Pick<TracingOptions, 'serviceName' | 'sampleRatio'>,
  outcome: Outcome = () => undefined,
): Tracing {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [processor],
  });
  return new SpanTracing(provider.getTracer('sluice'), () => provider.shutdown().catch(outcome));
}

/** How an attempt to send spans ended; undefined where it went well. */
type Outcome = (error: Error | undefined) => void;

function toldOnce(onFailed: (error: Error) => void): Outcome {
  let isFailing = false;
  return (error) => {
    if (error && !isFailing) onFailed(error);
    isFailing = error !== undefined;
  };
}

function watched(exporter: SpanExporter, outcome: Outcome): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        outcome(result.error);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
