import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { HeldAnswer, HotRoutes } from '@sluice/trading-feature';
import { isCutOff } from './ended-answers';
import type { Lifecycle } from './lifecycle';
import type { Observers } from './observe-requests';
import { requestId } from './request-id';
import type { Gate, ReadPass } from './security/gate';

interface HeldParts {
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly routes: Pick<HotRoutes, 'held'>;
  readonly gate: Pick<Gate, 'admitRead'>;
  readonly lifecycle: Pick<Lifecycle, 'isDraining'>;
  readonly observers: Pick<Observers, 'http' | 'ended'>;
}

/**
 * Answers what memory holds before Fastify sees the request: its request, its reply and its dozen hooks cost more than such an
 * answer. Nothing here waits. A request that is not the plain case in everything (its headers, the key, what it asks for)
 * goes the usual way, and nothing was charged or counted for it then; both ways answer the same.
 */
export function serveHeld(server: Server, parts: HeldParts): void {
  const always = Object.entries(parts.headers).flat();
  const usual = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const answer = isPlain(request) && !parts.lifecycle.isDraining ? parts.routes.held(request.url ?? '') : null;
    const pass = answer && parts.gate.admitRead(request.headers);
    if (answer && pass) send({ request, response, answer, pass, always, observers: parts.observers });
    else for (const listener of usual) listener(request, response);
  });
}

/** Without what the usual way has more to do about: other sites, traces, bodies. */
function isPlain({ method, headers }: IncomingMessage): boolean {
  const { origin, traceparent, expect, upgrade } = headers;
  const isBodiless = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
  const isOwn = origin === undefined && traceparent === undefined;
  return method === 'GET' && isBodiless && isOwn && expect === undefined && upgrade === undefined;
}

interface Sending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answer: HeldAnswer;
  readonly pass: ReadPass;
  /** Names and values in turn. */
  readonly always: readonly string[];
  readonly observers: HeldParts['observers'];
}

function send({ request, response, answer, pass, always, observers }: Sending): void {
  const startedMs = performance.now();
  const id = requestId(request.headers['x-request-id']);
  observers.http.begun();
  const note = (): void =>
    observers.ended.add({
      requestId: id,
      method: 'GET',
      route: answer.route,
      path: request.url?.split('?', 1)[0] ?? '/',
      status: 200,
      isCut: isCutOff(request, response),
      key: pass.key,
      ms: performance.now() - startedMs,
    });
  // A flat list, which Node takes as it is; an object of the same headers costs more to make and to read.
  const head = ['x-request-id', id, 'content-type', JSON_TYPE, 'content-length', String(answer.body.length), ...always];
  for (const name in pass.headers) head.push(name, pass.headers[name] ?? '');
  for (const name in answer.headers) head.push(name, answer.headers[name] ?? '');
  response.writeHead(200, head);
  response.end(answer.body);
  // Mostly the system has taken all of it by now.
  if (response.writableFinished && request.socket.errored === null) note();
  else response.once('close', note);
}

const JSON_TYPE = 'application/json; charset=utf-8';
