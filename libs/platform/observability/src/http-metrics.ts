import { Gauge, Histogram, type Registry } from 'prom-client';

export interface EndedRequest {
  readonly method: string;
  /** The pattern that the router matched, `/v1/runs/:id`; undefined where it matched none. */
  readonly route: string | undefined;
  /** Null where no answer had begun. */
  readonly status: number | null;
  /** Whether the caller went away, or was cut off, before the answer was complete. */
  readonly isCut: boolean;
  readonly ms: number;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Of a status, by its first digit. */
const CLASSES = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx'];
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Rate, errors and duration of requests. Every label has few values whatever is asked for: the route is a pattern of the
 * router or `none`, a method that is none of the usual is `other`, and of a status there is the class, or `cut`.
 */
export class HttpMetrics {
  private readonly duration: Histogram<'method' | 'route' | 'status'>;
  private running = 0;

  constructor(registry: Registry) {
    this.duration = new Histogram({
      name: 'sluice_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
    const running: Gauge = new Gauge({
      name: 'sluice_http_requests_running',
      help: 'Requests at this moment.',
      registers: [registry],
      collect: () => running.set(this.running),
    });
  }

  begun(): void {
    this.running++;
  }

  ended({ method, route = 'none', status, isCut, ms }: EndedRequest): void {
    this.running--;
    const labels = {
      method: METHODS.has(method) ? method : 'other',
      route,
      status: isCut || status === null ? 'cut' : (CLASSES[Math.floor(status / 100)] ?? 'other'),
    };
    this.duration.observe(labels, ms / 1_000);
  }
}
