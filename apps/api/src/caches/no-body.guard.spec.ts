import type { ExecutionContext } from '@nestjs/common';
import { CachesController } from './caches.controller';
import { NoBodyGuard } from './no-body.guard';

const requestWith = (body: unknown) =>
  ({ switchToHttp: () => ({ getRequest: () => ({ body }) }) }) as unknown as ExecutionContext;

it('refuses a body that nobody would look at, and takes an empty one', () => {
  const guard = new NoBodyGuard();
  for (const body of [undefined, {}]) expect(guard.canActivate(requestWith(body))).toBe(true);
  expect(() => guard.canActivate(requestWith({ dryRun: true }))).toThrow(
    expect.objectContaining({ code: 'API_REQUEST_INVALID' }),
  );
});

it.each(['remove', 'expire', 'clear', 'pause', 'resume', 'verify'] as const)('stands before %s', (route) => {
  expect(Reflect.getMetadata('__guards__', CachesController.prototype[route])).toContain(NoBodyGuard);
});
