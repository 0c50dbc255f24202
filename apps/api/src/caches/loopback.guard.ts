import { type CanActivate, type CustomDecorator, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { DomainError } from '@sluice/core';
import { ChangePolicy, type Caller } from '@sluice/trading-feature';
import type { FastifyRequest } from 'fastify';

/** Something for this machine only was asked for by another one, through a proxy, or by a page of another site. */
export class LocalOnlyError extends DomainError {
  readonly code = 'API_LOCAL_ONLY';
  readonly kind = 'forbidden';

  constructor() {
    super('Changes, and what caches hold, are only for the machine that the API runs on.', {
      remedy: 'Ask from that machine, without a proxy, or use `sluice cache`.',
    });
  }
}

const LOOPBACK_ADDRESS = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
const SCHEME = /^https?:\/\//;

/**
 * What a proxy passes on comes from anywhere, and so does what a browser sends for the page of another site. Such a page
 * sends no `Origin` where its site's own name leads here (DNS rebinding); then `Host` is that name.
 */
export function isLocal({ address, headers }: Caller): boolean {
  if (!LOOPBACK_ADDRESS.test(address ?? '')) return false;
  if (['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined)) return false;
  const { host, origin } = headers;
  if (host !== undefined && !LOOPBACK_HOST.test(host)) return false;
  return origin === undefined || (SCHEME.test(origin) && LOOPBACK_HOST.test(origin.replace(SCHEME, '')));
}

/** Until there are API keys: whoever is on the machine may change something. */
export class LoopbackOnly extends ChangePolicy {
  override assertAllowed(caller: Caller): void {
    if (!isLocal(caller)) throw new LocalOnlyError();
  }
}

const FOR_EVERYBODY = 'sluice:forEverybody';

/** Shows nothing of users and changes nothing. */
export const ForEverybody = (): CustomDecorator => SetMetadata(FOR_EVERYBODY, true);

/** Whatever is not marked as for everybody is for this machine only: changes, and what caches hold of users. */
@Injectable()
export class LoopbackGuard implements CanActivate {
  private readonly policy = new LoopbackOnly();

  canActivate(context: ExecutionContext): boolean {
    if (Reflect.getMetadata(FOR_EVERYBODY, context.getHandler())) return true;
    const { socket, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    this.policy.assertAllowed({ address: socket.remoteAddress, headers });
    return true;
  }
}
