import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type CacheEngine, type MemoryTier2, Tier2Error } from '@sluice/cache';
import type { Settings } from '@sluice/config';
import { messageOf } from '@sluice/core';
import { Postgres } from '@sluice/postgres';
import { CollectedMetrics, HttpMetrics, noTracing, type Tracing } from '@sluice/observability';
import { DomainReads, HotRoutes } from '@sluice/trading-feature';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ListenError } from './api.errors';
import { ApiModule } from './api.module';
import { openCacheEngine } from './caches/open-cache-engine';
import { tellSides } from './domains/tell-sides';
import { EndedAnswers } from './ended-answers';
import { endUnusedConnections } from './end-unused-connections';
import { addResponseHeaders, dataHeadersOf } from './http/response-headers';
import { readJsonBodies } from './http/json-bodies';
import { answerNotModified } from './http/not-modified';
import { partWhileDraining } from './http/part-while-draining';
import { refuseUnfit } from './http/refuse-unfit';
import { limitConnections, serverOptions } from './http/server-options';
import { Lifecycle } from './lifecycle';
import { type Log, logFor } from './log';
import { observeRequests } from './observe-requests';
import { openTracing } from './open-tracing';
import { setUpOpenApi } from './openapi';
import { ProblemFilter } from './problem.filter';
import { requestId } from './request-id';
import { guardRequests } from './security/guard-requests';
import { assertAuthFits, openGate, type OpenGate } from './security/open-gate';
import { serveHeld } from './serve-held';
import { serveHotRoutes } from './serve-hot-routes';

export interface RunningApi {
  /** `http://host:port`, with the real port where 0 was asked for. */
  readonly url: string;
  /** Not ready at once; then, after the delay, no new connections; then the requests in flight, until the deadline. */
  close(): Promise<void>;
}

export interface ApiParts {
  /** Where caches are without Redis, and what they find there; empty where it is not given. */
  readonly memory?: MemoryTier2;
}

// V8 takes what is made while a process starts, and stays, for a sign that its like will stay, too. Then it makes small parts of
// Node's requests among the old objects, where each keeps its request until the next full collection: of all that a request
// leaves two fifths outlived it, and a hit in memory took half as long again. In two processes of three, as it happened.
setFlagsFromString('--no-allocation-site-pretenuring');

/** A part of a path may be a whole key of a cache; Node bounds the head of a request anyway. */
const MAX_PARAM_LENGTH = 12_000;

/** After the deadline has cut all connections, what is left (a statement of theirs) may take this much longer. */
const afterCutMs = 1_000;

/**
 * Starts the API; it serves when this resolves. It also starts while PostgreSQL or Redis is away, and says so in
 * `/health/ready`. Signals are the caller's business. Throws `CONFIG_MISSING`, `API_AUTH_NOT_LOOPBACK`,
 * `API_LISTEN` and the Redis URL's errors.
 */
export async function startApi(settings: Settings, { memory }: ApiParts = {}): Promise<RunningApi> {
  assertAuthFits(settings);
  const log = logFor(settings);
  const lifecycle = new Lifecycle();
  const tracing = await openTracing(settings, log);
  const metrics = new CollectedMetrics();
  const engine = openCacheEngine(settings, memory, tracing);
  const problems = new ProblemFilter(log);
  const adapter = new FastifyAdapter({
    ...serverOptions(settings.http),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    skipMiddie: true, // There is no middleware: hooks of Fastify do that work.
    genReqId: (request: { headers: FastifyRequest['headers'] }) => requestId(request.headers['x-request-id']),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      problems.answer(error, request, reply.header('x-request-id', request.id)),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.forRoot(settings, { engine, lifecycle, log, metrics, tracing }),
    adapter,
    {
      logger: log,
      abortOnError: false,
      bodyParser: false, // `readJsonBodies` does that.
    },
  );
  app.useGlobalFilters(problems);
  readJsonBodies(app.getHttpAdapter().getInstance());
  const http = new HttpMetrics(metrics.registry);
  const ended = new EndedAnswers(log, http);
  const observers = { http, ended, tracing };
  observeRequests(app, observers);
  await addResponseHeaders(app, settings.http);
  refuseUnfit(app, problems);
  answerNotModified(app);
  partWhileDraining(app, lifecycle);
  const entry = openGate(settings, app.get(Postgres), log);
  guardRequests(app, entry.gate, problems);
  tellSides(app, app.get(DomainReads, { strict: false }));
  const routes = app.get(HotRoutes, { strict: false });
  serveHotRoutes(app, routes, problems);
  limitConnections(app.getHttpServer(), settings.http, log);
  const endUnused = endUnusedConnections(app.getHttpServer());
  if (tracing === noTracing) {
    const headers = dataHeadersOf(settings.http);
    serveHeld(app.getHttpServer(), { headers, routes, gate: entry.gate, lifecycle, observers });
  }
  setUpOpenApi(app);
  await tellIfAway(engine, log);
  await engine.start();
  try {
    await app.listen({ host: settings.host, port: settings.port });
  } catch (error) {
    await app.close();
    await Promise.all([engine.close(), entry.close()]);
    throw new ListenError(`${settings.host}:${settings.port}`, error);
  }
  const url = await app.getUrl();
  log.event('info', 'listening', { url, docs: `${url}/docs`, cache: engine.driver });
  const close = once(() => shutDown({ app, engine, entry, ended, endUnused, lifecycle, settings, log, tracing }));
  return { url, close };
}

/** The API does not wait for Redis: it connects by itself, now or later. */
async function tellIfAway({ link }: CacheEngine, log: Log): Promise<void> {
  try {
    await link.call(null, (tier2) => tier2.ping());
  } catch (error) {
    if (!(error instanceof Tier2Error)) throw error;
    log.event('warn', 'the cache is away; serving without it', { error: messageOf(error) });
  }
}

interface Running {
  readonly app: NestFastifyApplication;
  readonly engine: CacheEngine;
  readonly entry: OpenGate;
  readonly ended: EndedAnswers;
  readonly endUnused: ReturnType<typeof endUnusedConnections>;
  readonly lifecycle: Lifecycle;
  readonly settings: Settings;
  readonly log: Log;
  readonly tracing: Tracing;
}

async function shutDown(running: Running): Promise<void> {
  const { app, engine, entry, ended, endUnused, lifecycle, settings, log, tracing } = running;
  lifecycle.drain();
  log.event('info', 'shutting down');
  await delay(settings.shutdownDelayMs);
  const deadline = new AbortController();
  const cut = async (): Promise<void> => {
    await delay(settings.shutdownMs, undefined, { signal: deadline.signal });
    log.event('warn', 'the deadline has passed; cutting the requests in flight');
    app.getHttpServer().closeAllConnections();
    await delay(afterCutMs, undefined, { signal: deadline.signal });
  };
  const stopEnding = endUnused();
  const drained = app.close().finally(() => {
    stopEnding();
    deadline.abort();
  });
  await Promise.race([drained, cut().catch((error: unknown) => onlyAborted(error, drained))]);
  await Promise.all([engine.close(), entry.close()]);
  await tracing.close();
  ended.close();
  log.event('info', 'stopped');
}

/** The deadline was called off because everything finished: then that decides. */
function onlyAborted(error: unknown, finished: Promise<void>): Promise<void> {
  if (error instanceof Error && error.name === 'AbortError') return finished;
  throw error;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= work());
}
