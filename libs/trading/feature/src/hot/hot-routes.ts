import { jsonTextOf } from '@sluice/cache';
import type { LatestPicks, OhlcCandles, OhlcKey } from '@sluice/trading-caching';
import { cacheHeaders, type HowAnswered } from '../cache-status';
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
  /** What was asked for last, as it was read: reading it takes longer than finding the value. */
  private readonly targets = new Map<string, HeldTarget>();

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
    const asked = this.targets.get(target) ?? this.readTarget(target);
    if (asked === null) return null;
    if ('scope' in asked) {
      const answer = this.parts.values.heldLatestPicks(asked.scope.universe, asked.scope.mode);
      return answer?.value ? heldAnswer(PICKS_ROUTE, picksAnswer(answer, answer.value)) : null;
    }
    const answer = this.parts.candles.held(asked.key);
    return answer?.value ? heldAnswer(CANDLES_ROUTE, candlesAnswer(asked.key, answer, answer.value)) : null;
  }

  private readTarget(target: string): HeldTarget | null {
    const read = heldTargetOf(target);
    if (read === null || target.length > MOST_TARGET.characters) return read;
    if (this.targets.size >= MOST_TARGET.kept) this.targets.clear();
    this.targets.set(target, read);
    return read;
  }

  private latestPicks({ query }: HotRequest): Promise<HotAnswer | null> | null {
    const scope = scopeOf(Object.entries(query));
    return scope && this.readLatestPicks(scope);
  }

  private async readLatestPicks({ universe, mode }: PicksScope): Promise<HotAnswer | null> {
    const answer = await this.parts.values.latestPicks(universe, mode);
    return answer.value && picksAnswer(answer, answer.value);
  }

  private candles({ query, params }: HotRequest): Promise<HotAnswer | null> | null {
    const { symbol } = plainTexts(Object.entries(params), ['symbol']) ?? {};
    const key = candlesKeyOf(symbol, Object.entries(query));
    return key && this.readCandles(key);
  }

  private async readCandles(key: OhlcKey): Promise<HotAnswer | null> {
    const answer = await this.parts.candles.read(key);
    return answer.value && candlesAnswer(key, answer, answer.value);
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
const MOST_TARGET = { kept: 2_000, characters: 256 };

/** A path and query that are plain. */
type HeldTarget = { readonly scope: PicksScope } | { readonly key: OhlcKey };

function heldTargetOf(target: string): HeldTarget | null {
  const [, path = '', text] = PLAIN_TARGET.exec(target) ?? [];
  if (path === PICKS_ROUTE) {
    const scope = scopeOf(parametersOf(text));
    return scope && { scope };
  }
  if (!path.startsWith(CANDLES_PATH)) return null;
  const key = candlesKeyOf(path.slice(CANDLES_PATH.length), parametersOf(text));
  return key && { key };
}

const heldAnswer = (route: string, { body, headers }: HotAnswer & { readonly body: Buffer }): HeldAnswer => ({
  route,
  body,
  headers,
});

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

const picksAnswer = (how: HowAnswered, picks: LatestPicks): HotAnswer & { readonly body: Buffer } => ({
  body: bodyOf('', picks, jsonTextOf),
  headers: cacheHeaders(how),
});

function candlesAnswer(
  { symbol, interval, from, to }: OhlcKey,
  how: HowAnswered,
  candles: OhlcCandles,
): HotAnswer & { readonly body: Buffer } {
  const head = `${JSON.stringify({ symbol, interval, from, to }).slice(0, -1)},`;
  return { body: bodyOf(head, candles, candlesTextOf), headers: cacheHeaders(how) };
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
