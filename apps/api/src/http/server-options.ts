import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpSettings } from '@sluice/config';
import type { Log } from '../log';

/** Of all headers together; Node's own default, so that a change of it changes nothing here. */
const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that take too long. */
const TIMEOUT_CHECK_MS = 1_000;

/** Longer than any statement, or step of a long answer, may take. */
const STALLED_MS = 120_000;

/** The limits of the server: what a client may send, how long it may take to, and how long not to take what it asked for. */
export function serverOptions(
  { bodyLimitBytes, requestTimeoutMs, trustedProxies }: HttpSettings,
  stalledMs: number = STALLED_MS,
) {
  return {
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: stalledMs,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      requireHostHeader: false, // `refuseUnfit` sees to it, and says what is wrong.
    },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    clientErrorHandler: refuse,
    return503OnClosing: false, // Who has a connection is served on it to the end: `partWhileDraining`.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  };
}

/** Requests are checked by class-validator, and no route has a schema: Fastify's two compilers need not be loaded. */
function noSchemas(): never {
  throw new Error('A route has a schema of Fastify, for which nothing is loaded.');
}

/** How often the log says that connections are refused. */
const SAY_MS = 60_000;

/** Another connection than so many is closed at once, or whoever opens them takes all of this process's memory. */
export function limitConnections(server: Server, { maxConnections }: HttpSettings, log: Pick<Log, 'event'>): void {
  server.maxConnections = maxConnections;
  let saidMs = -Infinity;
  let refused = 0;
  server.on('drop', () => {
    refused++;
    if (performance.now() - saidMs < SAY_MS) return;
    log.event('warn', 'connections are refused', { refused, maxConnections });
    [saidMs, refused] = [performance.now(), 0];
  });
}

const statuses: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what is no request, before there is anything to route. */
function refuse(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = statuses[error.code ?? ''] ?? 400;
  const title = STATUS_CODES[status] ?? 'Error';
  const code = `HTTP_${title.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
  const requestId = randomUUID(); // One that was sent may not have arrived, or be what is wrong.
  const body = JSON.stringify({ type: 'about:blank', title, status, detail: title, code, requestId });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `X-Request-Id: ${requestId}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  else socket.destroy(error);
}
