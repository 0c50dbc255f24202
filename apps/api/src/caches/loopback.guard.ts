import type { IncomingHttpHeaders } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { DomainError } from '@sluice/core';
import type { FastifyRequest } from 'fastify';

/** A change was asked for by another machine, through a proxy, or by a page of another site. */
export class LocalOnlyError extends DomainError {
  readonly code = 'API_LOCAL_ONLY';
  readonly kind = 'forbidden';

  constructor() {
    super('Changes are accepted only from the machine that the API runs on.', {
      remedy: 'Ask from that machine, without a proxy, or use `sluice cache`.',
    });
  }
}

interface Caller {
  readonly address: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

const LOOPBACK_ADDRESS = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;
const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/** What a proxy passes on comes from anywhere, and so does what a browser sends for the page of another site. */
export function isLocal({ address, headers }: Caller): boolean {
  if (!LOOPBACK_ADDRESS.test(address ?? '')) return false;
  if (['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined)) return false;
  return headers.origin === undefined || LOOPBACK_ORIGIN.test(headers.origin);
}

/** Until there are API keys: whoever is on the machine may change something, everybody else only look. */
@Injectable()
export class LoopbackGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { method, socket, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (method === 'GET' || isLocal({ address: socket.remoteAddress, headers })) return true;
    throw new LocalOnlyError();
  }
}
