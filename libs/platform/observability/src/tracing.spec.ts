import { setImmediate as turn } from 'node:timers/promises';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { RequestTrace, Tracing } from './tracing';
import { tracingOver } from './exported-tracing';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${spanId}-01`;
const answered = { method: 'GET', route: '/v1/runs/:id', status: 200 };

function recorded(sampleRatio = 1): { tracing: Tracing; spans: InMemorySpanExporter } {
  const spans = new InMemorySpanExporter();
  return { spans, tracing: tracingOver(new SimpleSpanProcessor(spans), { serviceName: 'sluice', sampleRatio }) };
}

/** What a request does after the hooks that began it. */
const within = (trace: RequestTrace, work: () => Promise<void>): Promise<void> =>
  new Promise((resolve, reject) => trace.within(() => void work().then(resolve, reject)));

it('puts what a request does below it, and it below its caller', async () => {
  const { tracing, spans } = recorded();
  const trace = tracing.request({ traceparent });
  await within(trace, async () => {
    await turn();
    await tracing.part('SELECT', { 'db.system.name': 'postgresql' }, async () => {
      await turn();
      await tracing.part('GET', {}, () => turn(undefined));
    });
  });
  trace.ended(answered);
  const [inner, outer, request] = spans.getFinishedSpans();
  expect([inner?.name, outer?.name, request?.name]).toEqual(['GET', 'SELECT', 'GET /v1/runs/:id']);
  expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  expect(outer?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  expect(request?.parentSpanContext).toMatchObject({ traceId, spanId });
  expect(trace.traceId).toBe(traceId);
  expect(request?.attributes).toEqual({
    ...{ 'http.request.method': 'GET', 'http.route': '/v1/runs/:id', 'http.response.status_code': 200 },
  });
  expect(request?.resource.attributes).toMatchObject({ 'service.name': 'sluice' });
});

it('marks what failed, shows no message of it, and lets the failure through', async () => {
  const { tracing, spans } = recorded();
  const trace = tracing.request({});
  const refused = new RangeError('password hunter2');
  await within(trace, () => expect(tracing.part('SELECT', {}, () => Promise.reject(refused))).rejects.toBe(refused));
  trace.ended({ ...answered, status: 503 });
  const [part, request] = spans.getFinishedSpans();
  expect([part?.status.code, request?.status.code]).toEqual([2, 2]);
  expect(part?.attributes).toEqual({ 'error.type': 'RangeError' });
  expect(part?.events).toEqual([]);
});

it("follows the caller's decision, and its own share where there is no caller", () => {
  const { tracing, spans } = recorded(0);
  tracing.request({ traceparent: `00-${traceId}-${spanId}-00` }).ended(answered);
  tracing.request({}).ended(answered);
  expect(spans.getFinishedSpans()).toEqual([]);
  tracing.request({ traceparent, tracestate: 'a=b' }).ended(answered);
  expect(spans.getFinishedSpans()[0]?.spanContext().traceState?.serialize()).toBe('a=b');
});

it('makes no trace of what the process does by itself', async () => {
  const { tracing, spans } = recorded();
  expect(await tracing.part('SELECT', {}, () => Promise.resolve(7))).toBe(7);
  expect(spans.getFinishedSpans()).toEqual([]);
});
