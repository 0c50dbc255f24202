import { DomainError } from '@sluice/core';
import type { RoleReport } from '@sluice/redis';
import { Log } from '../log';
import { RedisBootCheck } from './redis-boot-check';

class AwayError extends DomainError {
  readonly code = 'AWAY';
  readonly kind = 'unavailable';
}

async function linesOf(report: () => Promise<RoleReport>): Promise<string> {
  const lines: string[] = [];
  const log = new Log({ level: 'info', json: false }, (line) => lines.push(line));
  const check = new RedisBootCheck({ report, log });
  check.onApplicationBootstrap();
  await check.beforeApplicationShutdown();
  return lines.join('');
}

it.each([
  [
    'error',
    'version 5.0.0 is too old',
    /^\S+ warn {2}Redis is not as a cache should be found=version 5\.0\.0 is too old remedy=Do it\.\n$/,
  ],
  [
    'warning',
    'no memory limit',
    /^\S+ info {2}Redis is not as a cache should be found=no memory limit remedy=Do it\.\n$/,
  ],
  ['ok', 'version 7.0.15', /^$/],
] as const)('says of a Redis whose worst finding is %s what is to be said', async (worst, text, line) => {
  expect(await linesOf(async () => ({ worst, text, remedy: 'Do it.' }))).toMatch(line);
});

it('ends nothing where Redis is away, and shows a bug', async () => {
  expect(await linesOf(() => Promise.reject(new AwayError('It is away.')))).toMatch(/ info .*error=It is away\.\n$/);
  expect(await linesOf(() => Promise.reject(new TypeError('bug')))).toMatch(/ error .*TypeError: bug/);
});
