import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpMetrics } from '@sluice/observability';
import type { Log } from './log';

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

/**
 * Tells the log and the metrics of the requests that have ended, of those of one turn of the event loop at its end: one after the
 * other they take a fraction of what each of them takes between two requests, whose code the processor would fetch anew.
 */
export class EndedAnswers {
  private answers: EndedAnswer[] = [];

  constructor(
    private readonly log: Log,
    private readonly http: Pick<HttpMetrics, 'ended'>,
  ) {
    process.prependListener('exit', this.tell); // The log's own listener writes what it has.
  }

  add(answer: EndedAnswer): void {
    if (this.answers.length === 0) setImmediate(this.tell);
    this.answers.push(answer);
  }

  /** Tells of all that have ended. */
  close(): void {
    process.off('exit', this.tell);
    this.tell();
  }

  private readonly tell = (): void => {
    const { answers } = this;
    this.answers = [];
    for (const answer of answers) this.note(answer);
  };

  private note({ requestId, traceId, method, route, path, status, isCut, key, ms }: EndedAnswer): void {
    this.http.ended({ method, route, status, isCut, seconds: ms / 1_000 });
    this.log.event(isProbe(path) ? 'debug' : 'info', isCut ? 'cut off while answering' : 'answered', {
      requestId,
      traceId,
      method,
      path,
      status: status ?? undefined,
      key,
      ms: Math.round(ms),
    });
  }
}

/** What asks all the time, and would be all of the log. */
const isProbe = (path: string): boolean => path.startsWith('/health') || path === '/metrics';

/** At the end of an answer. One whose connection broke is finished, too, for Node: nothing more can be written to it. */
export const isCutOff = ({ socket }: IncomingMessage, { writableFinished }: ServerResponse): boolean =>
  !writableFinished || socket.destroyed;
