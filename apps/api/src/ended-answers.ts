import type { HttpMetrics } from '@sluice/observability';
import type { Log } from './log';
import { TurnEnd } from './turn-end';

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

/** Tells the log and the metrics of the requests that have ended, of those of one turn of the event loop together. */
export class EndedAnswers {
  private readonly ended = new TurnEnd<EndedAnswer>((answers) =>
    this.log.together(() => {
      for (const answer of answers) this.note(answer);
    }),
  );

  constructor(
    private readonly log: Log,
    private readonly http: Pick<HttpMetrics, 'ended'>,
  ) {
    process.on('exit', this.ended.now);
  }

  add(answer: EndedAnswer): void {
    this.ended.add(answer);
  }

  /** Tells of all that have ended. */
  close(): void {
    process.off('exit', this.ended.now);
    this.ended.now();
  }

  private note(answer: EndedAnswer): void {
    this.http.ended(answer);
    const { requestId, traceId, method, path, status, isCut, key, ms } = answer;
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
