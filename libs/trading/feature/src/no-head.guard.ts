import { type CanActivate, type ExecutionContext, Injectable, NotFoundException } from '@nestjs/common';

/**
 * Every GET answers HEAD as well, by doing its work and leaving out the body. For a GET that writes that is a write by whoever
 * only looks whether an address is there, so it has no HEAD: a method that a path has not is 404 here.
 */
@Injectable()
export class NoHeadGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.switchToHttp().getRequest<{ method: string }>().method === 'HEAD') throw new NotFoundException();
    return true;
  }
}
