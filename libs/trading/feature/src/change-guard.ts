import type { IncomingHttpHeaders } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

/** Who asks for a change. */
export interface Caller {
  readonly address: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Who may change something. The legacy service asked nobody, so the rule is the application's: declared here, bound by
 * it. Without a binding the module does not start.
 */
export abstract class ChangePolicy {
  /** Throws where the caller may not. */
  abstract assertAllowed(caller: Caller): void;
}

@Injectable()
export class ChangeGuard implements CanActivate {
  constructor(private readonly policy: ChangePolicy) {}

  canActivate(context: ExecutionContext): boolean {
    const { socket, headers } = context
      .switchToHttp()
      .getRequest<{ socket: { remoteAddress?: string }; headers: IncomingHttpHeaders }>();
    this.policy.assertAllowed({ address: socket.remoteAddress, headers });
    return true;
  }
}
