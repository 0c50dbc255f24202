import { readTraceParent } from './trace-parent';

type Header = string | string[] | undefined;

/** One request while it runs. */
export interface RequestTrace {
  /** For the log; undefined where neither the caller nor this process traces it. */
  readonly traceId: string | undefined;
  /** Runs the rest of the request, so that what it does belongs to it. */
  within(rest: () => void): void;
  /** `status` is null where no answer had begun. */
  ended(request: { readonly method: string; readonly route: string | undefined; readonly status: number | null }): void;
}

/** What takes time, for those who look into a slow request. Names and attributes hold no values of users. */
export interface Tracing {
  request(headers: { readonly traceparent?: Header; readonly tracestate?: Header }): RequestTrace;
  /** Runs `work` as a part of what runs now; its failure marks the part, and goes on to the caller. */
  part<T>(name: string, attributes: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T>;
  /** Sends what was not sent yet. */
  close(): Promise<void>;
}

/** Traces nothing; the caller's trace id is still known to the log. */
export const noTracing: Tracing = {
  request: ({ traceparent }) => ({
    traceId: readTraceParent(traceparent)?.traceId,
    within: (rest) => rest(),
    ended: () => undefined,
  }),
  part: (_name, _attributes, work) => work(),
  close: () => Promise.resolve(),
};
