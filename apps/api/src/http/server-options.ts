import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpSettings } from '@sluice/config';

/** Of all headers together; Node's own default, so that a change of it changes nothing here. */
const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that take too long. */
const TIMEOUT_CHECK_MS = 1_000;

/** The limits of the server: what a client may send, and how long it may take to. */
export function serverOptions({ bodyLimitBytes, requestTimeoutMs, trustedProxies }: HttpSettings) {
  return {
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    clientErrorHandler: refuse,
  };
}

const statuses: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what is no request, before there is anything to route. */
function refuse(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = statuses[error.code ?? ''] ?? 400;
  const title = STATUS_CODES[status] ?? 'Error';
  const code = `HTTP_${title.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
  const body = JSON.stringify({ type: 'about:blank', title, status, detail: title, code });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  else socket.destroy(error);
}
