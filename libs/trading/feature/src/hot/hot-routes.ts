import { jsonTextOf } from '@sluice/cache';
import type { OhlcCandles } from '@sluice/trading-caching';
import { cacheHeaders } from '../cache-status';
import type { CachedValuesService } from '../cached-values.service';
import type { CandlesService } from '../candles/candles.service';
import { entityTagOf } from '../http/entity-tag';
import type { RunsService } from '../runs/runs.service';

/** What the router found. */
export interface HotRequest {
  readonly query: unknown;
  readonly params: unknown;
}

/** A body of JSON that is written already. */
export interface HotAnswer {
  /** Bytes where they are kept, which costs Node half of what text of their length does; else text. */
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Null where the request, or what it asks for, is not the plain case: then the controller answers. */
type HotRoute = (request: HotRequest) => Promise<HotAnswer | null> | null;

interface HotParts {
  readonly values: Pick<CachedValuesService, 'latestPicks'>;
  readonly candles: Pick<CandlesService, 'read'>;
  readonly runs: Pick<RunsService, 'get'>;
}

/**
 * The routes that are asked for all the time, answered before Nest sees the request: without a pipe of class-validator,
 * without a value that is parsed only to be written again. Each is also a plain route of a controller, which documents it
 * and answers whatever is not the plain case here: odd parameters, and absence. What both answer is the same.
 *
 * A route belongs here when its figures in `npm run bench -- api` ask for it, and in no other place.
 */
export class HotRoutes {
  private readonly routes: ReadonlyMap<string, HotRoute>;

  constructor(private readonly parts: HotParts) {
    this.routes = new Map<string, HotRoute>([
      ['/v1/runs/latest', (request) => this.latestPicks(request)],
      ['/v1/candles/:symbol', (request) => this.candles(request)],
      ['/v1/runs/:run_id', (request) => this.run(request)],
    ]);
  }

  /** `pattern` is the router's. Rejects as the plain route would. */
  answer(pattern: string | undefined, request: HotRequest): Promise<HotAnswer | null> | null {
    const route = pattern === undefined ? undefined : this.routes.get(pattern);
    return route ? route(request) : null;
  }

  private latestPicks({ query }: HotRequest): Promise<HotAnswer | null> | null {
    const asked = plainTexts(query, ['universe', 'mode']);
    return asked && this.readLatestPicks(asked['universe'] ?? 'nifty50', asked['mode'] ?? 'Intraday');
  }

  private async readLatestPicks(universe: string, mode: string): Promise<HotAnswer | null> {
    const answer = await this.parts.values.latestPicks(universe, mode);
    return answer.value && { body: bodyOf('', answer.value, jsonTextOf), headers: cacheHeaders(answer) };
  }

  private candles({ query, params }: HotRequest): Promise<HotAnswer | null> | null {
    const asked = plainTexts(query, ['interval', 'from', 'to', 'source']);
    const { symbol } = plainTexts(params, ['symbol']) ?? {};
    if (!asked || symbol === undefined) return null;
    const { interval, from, to, source } = asked;
    if (interval === undefined || from === undefined || to === undefined) return null;
    if (!INTERVAL.test(interval) || !TIME.test(from) || !TIME.test(to) || !SOURCE.test(source ?? '')) return null;
    return this.readCandles({ symbol, interval, from, to }, source);
  }

  private async readCandles(key: Parameters<CandlesService['read']>[0], source?: string): Promise<HotAnswer | null> {
    const answer = await this.parts.candles.read(source === undefined ? key : { ...key, source });
    if (!answer.value) return null;
    const { symbol, interval, from, to } = key;
    const head = `${JSON.stringify({ symbol, interval, from, to }).slice(0, -1)},`;
    return { body: bodyOf(head, answer.value, candlesTextOf), headers: cacheHeaders(answer) };
  }

  private run({ query, params }: HotRequest): Promise<HotAnswer> | null {
    const { run_id: runId } = plainTexts(params, ['run_id']) ?? {};
    return runId === undefined || plainTexts(query, []) === null ? null : this.readRun(runId);
  }

  private async readRun(runId: string): Promise<HotAnswer> {
    const { version, text } = await this.parts.runs.get(runId);
    return { body: text, headers: { etag: entityTagOf(version) } };
  }
}

const INTERVAL = /^[A-Za-z0-9]{1,16}$/;
const SOURCE = /^[A-Za-z0-9_-]{0,32}$/;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/;
/** Nothing that any rule of any parameter could be about. */
const PLAIN = /^[A-Za-z0-9 .:&_+-]{1,64}$/;

/** Parameters by name where all of them are known, given once and plain; else null. */
function plainTexts(given: unknown, names: readonly string[]): Record<string, string | undefined> | null {
  const texts: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(given as Record<string, unknown>)) {
    if (!names.includes(name) || typeof value !== 'string' || !PLAIN.test(value)) return null;
    texts[name] = value;
  }
  return texts;
}

/** Bodies of values that are answered again and again, for as long as a cache has the value. */
const bodies = new WeakMap<object, { readonly head: string; readonly bytes: Buffer }>();

/** `head` and the text of `value`, encoded once for as long as it is asked for under the same head. */
function bodyOf<T extends object>(head: string, value: T, textOf: (value: T) => string): Buffer {
  const kept = bodies.get(value);
  if (kept?.head === head) return kept.bytes;
  const bytes = Buffer.from(head + textOf(value));
  bodies.set(value, { head, bytes });
  return bytes;
}

/** The rest of an answer behind what was asked for. */
const candlesTextOf = ({ source, rows }: OhlcCandles): string => JSON.stringify({ source, rows }).slice(1);
