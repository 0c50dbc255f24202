/** Who called, as a W3C `traceparent` says. */
export interface TraceParent {
  /** 32 hexadecimal digits, in small letters. */
  readonly traceId: string;
  /** 16 of them: the caller's span. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const FORM = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/**
 * Reads `traceparent` (W3C Trace Context, level 1). Null where it is absent or wrong in any way: then the trace begins here,
 * and nothing that a caller wrote gets into a log.
 */
export function readTraceParent(header: string | string[] | undefined): TraceParent | null {
  const [, version, traceId = '', spanId = '', flags = '', more] = FORM.exec(String(header ?? '').trim()) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, isSampled: (parseInt(flags, 16) & 1) === 1 };
}
