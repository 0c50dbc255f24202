import type { ExecutionContext } from '@nestjs/common';
import { ParameterInvalidError } from './legacy-parameters.pipe';
import { NoBodyGuard } from './no-body.guard';
import { OhlcCacheController } from './ohlc-cache.controller';

const guard = new NoBodyGuard();
const requestWith = (body: unknown) =>
  ({ switchToHttp: () => ({ getRequest: () => ({ body }) }) }) as unknown as ExecutionContext;

it.each([undefined, null, '', {}])('takes the body %j', (body) => {
  expect(guard.canActivate(requestWith(body))).toBe(true);
});

it.each([[{ symbol: 'TCS' }], ['{'], [[]], [0], [false]])('refuses the body %j in the legacy shape', (body) => {
  let failure: unknown;
  try {
    guard.canActivate(requestWith(body));
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(ParameterInvalidError);
  expect((failure as ParameterInvalidError).problems).toEqual([
    { loc: ['body'], msg: expect.stringContaining('not permitted'), type: 'extra_forbidden' },
  ]);
});

it.each(['invalidate', 'clear'] as const)('stands before %s of the candles', (route) => {
  expect(Reflect.getMetadata('__guards__', OhlcCacheController.prototype[route])).toContain(NoBodyGuard);
});
