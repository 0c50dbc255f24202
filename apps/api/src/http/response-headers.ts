import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpSettings } from '@sluice/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { routeOf } from '../logged-path';

/** What the page at /docs needs: its own files, the styles within it, and pictures that are part of them. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    ...{
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      connectSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
    },
    ...{ imgSrc: ["'self'", 'data:'], fontSrc: ["'self'", 'data:'] },
    ...{ baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
  },
};

/**
 * On every answer that is no page: nothing may be done with it but read it. They are the same each time, and Helmet makes its
 * own anew for each answer, which is a good part of the time that a value from memory takes.
 */
const DATA_HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

const exposed = [
  ...['X-Request-Id', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'ETag', 'Idempotency-Replayed'],
  ...['Cache-Status', 'X-Cache-Status', 'Sluice-Read-From'],
];
const taken = [
  'Authorization',
  'X-API-Key',
  'Content-Type',
  'If-Match',
  'If-None-Match',
  'Idempotency-Key',
  'X-Request-Id',
];
const PREFLIGHT_SECONDS = 600;

/** What `addResponseHeaders` makes an answer with data to nobody's page have. */
export const dataHeadersOf = ({ corsOrigins }: HttpSettings): Readonly<Record<string, string>> =>
  corsOrigins.length === 0
    ? DATA_HEADERS
    : { ...DATA_HEADERS, vary: 'Origin', 'access-control-expose-headers': exposed.join(', ') };

/**
 * Security headers on every answer, and leave for the pages of the listed sites to ask; without a list no page of another
 * site may. HSTS is for the proxy that speaks TLS to say.
 */
export async function addResponseHeaders(app: NestFastifyApplication, { corsOrigins }: HttpSettings): Promise<void> {
  await app.register(helmet, {
    global: false,
    contentSecurityPolicy,
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    if (isPage(request)) void Promise.resolve<unknown>(reply.helmet()).then(() => done(), done);
    else {
      void reply.headers(DATA_HEADERS);
      done();
    }
  });
  // Not by Nest's `enableCors`, which answers ahead of every other hook: without request id, log line or these headers.
  if (corsOrigins.length > 0)
    await app.register(cors, {
      ...{ origin: [...corsOrigins], methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] },
      ...{ allowedHeaders: taken, maxAge: PREFLIGHT_SECONDS, exposedHeaders: exposed },
      strictPreflight: false, // What lacks a header of a preflight would be answered with a text of its own.
    });
}

/** By the router's pattern: the page at /docs and its files. */
const isPage = (request: FastifyRequest): boolean => /^\/docs(?:[/-]|$)/.test(routeOf(request) ?? '');
