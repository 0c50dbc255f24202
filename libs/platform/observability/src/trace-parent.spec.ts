import { noTracing } from './tracing';
import { readTraceParent } from './trace-parent';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

it.each([
  ['sampled', `00-${traceId}-${spanId}-01`, true],
  ['not sampled', `00-${traceId}-${spanId}-00`, false],
  ['with other flags', `00-${traceId}-${spanId}-03`, true],
  ['of a later version, with more', `01-${traceId}-${spanId}-01-what-comes`, true],
])('reads one that is %s', (_case, header, isSampled) => {
  expect(readTraceParent(header)).toEqual({ traceId, spanId, isSampled });
});

it.each([
  ['nothing', undefined],
  ['two of them', [`00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01`]],
  ['capital letters', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['the forbidden version', `ff-${traceId}-${spanId}-01`],
  ['more than version 00 has', `00-${traceId}-${spanId}-01-more`],
  ['what would break a log', `00-${traceId}-${spanId}-01\n{"level":"error"}`],
  ['something else', 'garbage'],
])('takes %s for none', (_case, header) => {
  expect(readTraceParent(header)).toBeNull();
  expect(noTracing.request({ traceparent: header }).traceId).toBeUndefined();
});

it('tells the log whose trace it is, also where nothing is traced', () => {
  expect(noTracing.request({ traceparent: `00-${traceId}-${spanId}-01` }).traceId).toBe(traceId);
});
