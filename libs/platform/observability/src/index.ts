export { CollectedMetrics } from './collected-metrics';
export { HttpMetrics, type EndedRequest } from './http-metrics';
export { noTracing, type RequestTrace, type Tracing } from './tracing';
export { readTraceParent, type TraceParent } from './trace-parent';
