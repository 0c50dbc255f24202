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

/** How long a process that ends waits for its collector. */
const CLOSE_MS = 2_000;

/**
 * Sends spans to a collector, in batches and in the background. An entry of its own (`@sluice/observability/exported`),
 * loaded only where it is wanted: OpenTelemetry's libraries would cost every start a tenth of a second.
 */
export function exportedTracing(options: TracingOptions): Tracing {
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = tellingOnce(new OTLPTraceExporter({ url, timeoutMillis: CLOSE_MS }), options.onExportFailed);
  return tracingOver(new BatchSpanProcessor(exporter), options);
}

/** The same with any destination, for tests. */
export function tracingOver(
  processor: SpanProcessor,
  { serviceName, sampleRatio }: Pick<TracingOptions, 'serviceName' | 'sampleRatio'>,
): Tracing {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [processor],
  });
  return new SpanTracing(provider.getTracer('sluice'), () => provider.shutdown());
}

function tellingOnce(exporter: SpanExporter, onFailed: (error: Error) => void): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error && !isFailing) onFailed(result.error);
        isFailing = result.error !== undefined;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
