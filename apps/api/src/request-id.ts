import { randomUUID } from 'node:crypto';

/**
 * The caller's `X-Request-Id` where it is sane (1 to 128 letters, digits, `.`, `_`, `:`, `-`, so that it can do no harm in
 * a log or a header), else a new one.
 */
export function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}
