import { jsonTextOf } from '@sluice/cache';
import type { LatestPicks, OhlcCandles, OhlcKey } from '@sluice/trading-caching';
import { cacheHeaders } from '../cache-status';
import type { CachedValuesService } from '../cached-values.service';
import type { CandlesService } from '../candles/candles.service';
import { entityTagOf } from '../http/entity-tag';
import type { RunsService } from '../runs/runs.service';

/** What the router found. */
export interface HotRequest {
  readonly query: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A body of JSON that is written already. */
export interface HotAnswer {
  /** Bytes where they are kept, which costs Node half of what text of their length does; else text. */
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A hot answer that needs no waiting. */
export interface HeldAnswer extends HotAnswer {
  readonly body: Buffer;
  /** The router's pattern of what was asked for. */
  readonly route: string;
  /** What was asked for, without the query. */
  readonly path: string;
}

/** Null where the request, or what it asks for, is not the plain case: then the controller answers. */
type HotRoute = (request: HotRequest) => Promise<HotAnswer | null> | null;

interface HotParts {
  readonly values: Pick<CachedValuesService, 'latestPicks' | 'heldLatestPicks'>;
  readonly candles: Pick<CandlesService, 'read' | 'held'>;
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
  /** For what was asked for last. */
  private readonly readers = new Map<string, HeldReader>();

  constructor(private readonly parts: HotParts) {
    this.routes = new Map<string, HotRoute>([
      [PICKS_ROUTE, (request) => this.latestPicks(request)],
      [CANDLES_ROUTE, (request) => this.candles(request)],
      ['/v1/runs/:run_id', (request) => this.run(request)],
    ]);
  }

  /** `pattern` is the router's. Rejects as the plain route would. */
  answer(pattern: string | undefined, request: HotRequest): Promise<HotAnswer | null> | null {
    const route = pattern === undefined ? undefined : this.routes.get(pattern);
    return route ? route(request) : null;
  }

  /** What memory holds for a path and query as they came; null where it holds nothing fresh of the kind. Never throws. */
  held(target: string): HeldAnswer | null {
    const read = this.readers.get(target) ?? this.keptReader(target);
    return read && read();
  }

  private keptReader(target: string): HeldReader | null {
    const read = this.readerOf(target);
    if (read === null || target.length > MOST_READERS.characters) return read;
    if (this.readers.size >= MOST_READERS.kept) this.readers.clear();
    this.readers.set(target, read);
    return read;
  }

  private readerOf(target: string): HeldReader | null {
    const [, path = '', text] = PLAIN_TARGET.exec(target) ?? [];
    if (path === PICKS_ROUTE) {
      const scope = scopeOf(parametersOf(text));
      return scope && this.picksReader(scope);
    }
    if (!path.startsWith(CANDLES_PATH)) return null;
    const key = candlesKeyOf(path.slice(CANDLES_PATH.length), parametersOf(text));
    return key && this.candlesReader(path, key);
  }

  private picksReader({ universe, mode }: PicksScope): HeldReader {
    const read = this.parts.values.heldLatestPicks(universe, mode);
    return () => {
      const answer = read();
      return answer?.value
        ? { route: PICKS_ROUTE, path: PICKS_ROUTE, body: picksBody(answer.value), headers: cacheHeaders(answer) }
        : null;
    };
  }

  private candlesReader(path: string, key: OhlcKey): HeldReader | null {
    const read = this.parts.candles.held(key);
    const head = headOf(key);
    return (
      read &&
      (() => {
        const answer = read();
        return answer?.value
          ? { route: CANDLES_ROUTE, path, body: candlesBody(head, answer.value), headers: cacheHeaders(answer) }
          : null;
      })
    );
  }

  private latestPicks({ query }: HotRequest): Promise<HotAnswer | null> | null {
    const scope = scopeOf(Object.entries(query));
    return scope && this.readLatestPicks(scope);
  }

  private async readLatestPicks({ universe, mode }: PicksScope): Promise<HotAnswer | null> {
    const answer = await this.parts.values.latestPicks(universe, mode);
    return answer.value && { body: picksBody(answer.value), headers: cacheHeaders(answer) };
  }

  private candles({ query, params }: HotRequest): Promise<HotAnswer | null> | null {
    const { symbol } = plainTexts(Object.entries(params), ['symbol']) ?? {};
    const key = candlesKeyOf(symbol, Object.entries(query));
    return key && this.readCandles(key);
  }

  private async readCandles(key: OhlcKey): Promise<HotAnswer | null> {
    const answer = await this.parts.candles.read(key);
    return answer.value && { body: candlesBody(headOf(key), answer.value), headers: cacheHeaders(answer) };
  }

  private run({ query, params }: HotRequest): Promise<HotAnswer> | null {
    const { run_id: runId } = plainTexts(Object.entries(params), ['run_id']) ?? {};
    return runId === undefined || Object.keys(query).length > 0 ? null : this.readRun(runId);
  }

  private async readRun(runId: string): Promise<HotAnswer> {
    const { version, text } = await this.parts.runs.get(runId);
    return { body: text, headers: { etag: entityTagOf(version) } };
  }
}

/** Whoever asks for ever other ones fills no memory. */
const MOST_READERS = { kept: 2_000, characters: 256 };

/** Of one path and query that are plain, read once; null where memory holds nothing fresh of it. */
type HeldReader = () => HeldAnswer | null;

const PICKS_ROUTE = '/v1/runs/latest';
const CANDLES_ROUTE = '/v1/candles/:symbol';
const CANDLES_PATH = '/v1/candles/';

/** A path and a query that mean what they say: nothing in them is encoded. */
const PLAIN_TARGET = /^(\/v1\/(?:runs\/latest|candles\/[\w.-]+))(?:\?([\w.:&=-]*))?$/;
const INTERVAL = /^[A-Za-z0-9]{1,16}$/;
const SOURCE = /^[A-Za-z0-9_-]{0,32}$/;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/;
/** Nothing that any rule of any parameter could be about. */
const PLAIN = /^[A-Za-z0-9 .:&_+-]{1,64}$/;

type Parameters = readonly (readonly [name: string, value: unknown])[];

/** Of a query in which nothing is encoded. */
const parametersOf = (text: string | undefined): Parameters =>
  (text || undefined)?.split('&').map((member) => {
    const at = member.indexOf('=');
    return at < 0 ? [member, ''] : [member.slice(0, at), member.slice(at + 1)];
  }) ?? [];

/** Parameters by name where all of them are known, given once and plain; else null. */
function plainTexts(given: Parameters, names: readonly string[]): Record<string, string | undefined> | null {
  const texts: Record<string, string | undefined> = {};
  for (const [name, value] of given) {
    if (!names.includes(name) || name in texts || typeof value !== 'string' || !PLAIN.test(value)) return null;
    texts[name] = value;
  }
  return texts;
}

interface PicksScope {
  readonly universe: string;
  readonly mode: string;
}

function scopeOf(query: Parameters): PicksScope | null {
  const asked = plainTexts(query, ['universe', 'mode']);
  return asked && { universe: asked['universe'] ?? 'nifty50', mode: asked['mode'] ?? 'Intraday' };
}

function candlesKeyOf(symbol: string | undefined, query: Parameters): OhlcKey | null {
  const asked = plainTexts(query, ['interval', 'from', 'to', 'source']);
  if (!asked || symbol === undefined) return null;
  const { interval, from, to, source } = asked;
  if (interval === undefined || from === undefined || to === undefined) return null;
  if (!INTERVAL.test(interval) || !TIME.test(from) || !TIME.test(to) || !SOURCE.test(source ?? '')) return null;
  return { symbol, interval, from, to, ...(source === undefined ? {} : { source }) };
}

const picksBody = (picks: LatestPicks): Buffer => bodyOf('', picks, jsonTextOf);

const candlesBody = (head: string, candles: OhlcCandles): Buffer => bodyOf(head, candles, candlesTextOf);

/** What was asked for, as an answer begins. */
const headOf = ({ symbol, interval, from, to }: OhlcKey): string =>
  `${JSON.stringify({ symbol, interval, from, to }).slice(0, -1)},`;

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
