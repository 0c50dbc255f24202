import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { HeldAnswer, HotRoutes } from '@sluice/trading-feature';
import type { Lifecycle } from './lifecycle';
import { noteAnswer, type Observers } from './observe-requests';
import { requestId } from './request-id';
import type { Gate, ReadPass } from './security/gate';

interface HeldParts {
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly routes: Pick<HotRoutes, 'held'>;
  readonly gate: Pick<Gate, 'admitRead'>;
  readonly lifecycle: Pick<Lifecycle, 'isDraining'>;
  readonly observers: Pick<Observers, 'log' | 'http'>;
}

/**
 * Answers what memory holds before Fastify sees the request: its request, its reply and its dozen hooks cost more than such an
 * answer. Nothing here waits. A request that is not the plain case in everything (its headers, the key, what it asks for)
 * goes the usual way, and nothing was charged or counted for it then; both ways answer the same.
 */
export function serveHeld(server: Server, parts: HeldParts): void {
  const usual = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const answer = isPlain(request) && !parts.lifecycle.isDraining ? parts.routes.held(request.url ?? '') : null;
    const pass = answer && parts.gate.admitRead(request.headers);
    if (answer && pass) send({ request, response, answer, pass, parts });
    else for (const listener of usual) listener(request, response);
  });
}

/** What the usual way has more to do about: other sites, traces, bodies. */
const ODD_HEADERS = ['origin', 'traceparent', 'content-length', 'transfer-encoding', 'expect', 'upgrade'] as const;

const isPlain = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && !ODD_HEADERS.some((name: keyof IncomingHttpHeaders) => headers[name] !== undefined);

interface Sending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answer: HeldAnswer;
  readonly pass: ReadPass;
  readonly parts: HeldParts;
}

function send({ request, response, answer, pass, parts: { headers, observers } }: Sending): void {
  const startedMs = performance.now();
  const id = requestId(request.headers['x-request-id']);
  observers.http.begun();
  response.once('close', () => {
    noteAnswer(observers, {
      requestId: id,
      method: 'GET',
      route: answer.route,
      path: request.url?.split('?', 1)[0] ?? '/',
      status: 200,
      isCut: !response.writableFinished,
      key: pass.key,
      ms: performance.now() - startedMs,
    });
  });
  // A flat list, which Node takes as it is; an object of the same headers costs more to make and to read.
  const head = ['x-request-id', id, 'content-type', JSON_TYPE, 'content-length', String(answer.body.length)];
  for (const some of [headers, pass.headers, answer.headers])
    for (const name in some) head.push(name, some[name] ?? '');
  response.writeHead(200, head);
  response.end(answer.body);
}

const JSON_TYPE = 'application/json; charset=utf-8';
