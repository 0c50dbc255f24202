import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { HeldAnswer, HotRoutes } from '@sluice/trading-feature';
import type { Lifecycle } from './lifecycle';
import type { Observers } from './observe-requests';
import { requestId as requestIdOf } from './request-id';
import type { Gate, ReadPass } from './security/gate';
import { TurnEnd } from './turn-end';
import { isCutOff, whenOver } from './when-over';

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
 * answer. Nothing here waits but for the end of the turn. A request that is not the plain case in everything (its headers, the
 * key, what it asks for) goes the usual way, and nothing was charged or counted for it then; both ways answer the same.
 */
export function serveHeld(server: Server, parts: HeldParts): void {
  const { routes, gate, lifecycle, observers } = parts;
  const always = Object.entries(parts.headers).flat();
  const answers = new TurnEnd<Sending>((all) => {
    for (const one of all) send(one, always, observers);
  });
  const usual = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const answer = isPlain(request) && !lifecycle.isDraining ? routes.held(request.url ?? '') : null;
    const pass = answer && gate.admitRead(request.headers);
    if (answer && pass) {
      observers.http.begun();
      answers.add({ request, response, answer, pass, startedMs: performance.now() });
    } else for (const listener of usual) listener(request, response);
  });
}

/** Without what the usual way has more to do about: other sites, traces, bodies, and what it refuses (no host). */
function isPlain({ method, headers }: IncomingMessage): boolean {
  const { host, origin, traceparent, expect, upgrade } = headers;
  const isBodiless = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
  const isOwn = host !== undefined && origin === undefined && traceparent === undefined;
  return method === 'GET' && isBodiless && isOwn && expect === undefined && upgrade === undefined;
}

interface Sending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answer: HeldAnswer;
  readonly pass: ReadPass;
  readonly startedMs: number;
}

/** `always`: names and values in turn. */
function send(sending: Sending, always: readonly string[], { ended }: HeldParts['observers']): void {
  const { request, response, answer, pass, startedMs } = sending;
  const requestId = requestIdOf(request.headers['x-request-id']);
  const { route, path, body } = answer;
  const note = (): void => {
    const [status, isCut] = [response.headersSent ? 200 : null, isCutOff(request, response)];
    const ms = performance.now() - startedMs;
    ended.add({ requestId, method: 'GET', route, path, status, isCut, key: pass.key, ms });
  };
  if (request.socket.destroyed) return note();
  // A flat list, which Node takes as it is; an object of the same headers costs more to make and to read.
  const head = ['x-request-id', requestId, 'content-type', JSON_TYPE, 'content-length', String(body.length), ...always];
  for (const name in pass.headers) head.push(name, pass.headers[name] ?? '');
  for (const name in answer.headers) head.push(name, answer.headers[name] ?? '');
  response.writeHead(200, head);
  response.end(body);
  // Mostly the system has taken all of it by now.
  if (response.writableFinished && request.socket.errored === null) note();
  else whenOver(request, response, note);
}

const JSON_TYPE = 'application/json; charset=utf-8';
