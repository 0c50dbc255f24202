import { DomainError } from '@sluice/core';

/**
 * What sort of failure it is, so that who reacts to it (a breaker, a retry, a boot check) compares no texts.
 *
 * - `network`: no connection, or it broke. Also "max number of clients": the server is there, but not for us.
 * - `timeout`: connected, and no answer within the limit. Whether a write was carried out is not known.
 * - `oom`: over `maxmemory` under `noeviction`; writes are refused, reads work.
 * - `readonly`: a replica, or a primary that refuses writes because it cannot save them; reads work.
 * - `loading`: alive, but answers nothing yet (LOADING, MASTERDOWN) or now (BUSY with a script).
 * - `auth`: the password is wrong or missing, or the user may not do this. Waiting mends nothing.
 * - `cluster`: a cluster that does not serve the slot, or keys that do not share one.
 * - `noscript`: the script is not known; send its text.
 * - `other-reply`: any other refusal, such as WRONGTYPE: the server is well.
 */
export type RedisFailureClass =
  'network' | 'timeout' | 'oom' | 'readonly' | 'loading' | 'auth' | 'cluster' | 'noscript' | 'other-reply';

/** The first word of an error reply. */
const BY_CODE: Readonly<Record<string, RedisFailureClass>> = {
  OOM: 'oom',
  READONLY: 'readonly',
  MISCONF: 'readonly',
  NOREPLICAS: 'readonly',
  LOADING: 'loading',
  MASTERDOWN: 'loading',
  BUSY: 'loading',
  NOAUTH: 'auth',
  WRONGPASS: 'auth',
  NOPERM: 'auth',
  MOVED: 'cluster',
  ASK: 'cluster',
  CROSSSLOT: 'cluster',
  CLUSTERDOWN: 'cluster',
  TRYAGAIN: 'cluster',
  NOSCRIPT: 'noscript',
};

/** Replies whose first word is only ERR, in the words of Redis 6 and 7. */
const BY_TEXT: readonly (readonly [RegExp, RedisFailureClass])[] = [
  [/^ERR max number of clients/, 'network'],
  [/^ERR (invalid password|Client sent AUTH|AUTH <password> called)/, 'auth'],
  [/^ERR SELECT is not allowed in cluster mode/, 'cluster'],
];

/** What ioredis throws by itself about a cluster, without a reply at hand. */
const CLUSTER_CLIENT = /same slots? allocation group|same slot|Too many Cluster redirections/i;
const TIMEOUT = /timed? ?out|ETIMEDOUT/i;

/** Takes what ioredis throws, or the coded errors of this library. What is neither counts as `network`. */
export function redisFailureClass(error: unknown): RedisFailureClass {
  if (error instanceof DomainError) return coded(error);
  if (!(error instanceof Error)) return 'network';
  const inner = innerError(error);
  if (inner) return redisFailureClass(inner);
  if (isErrorReply(error)) return classOfReply(error.message);
  if (CLUSTER_CLIENT.test(error.message)) return 'cluster';
  if (TIMEOUT.test(error.message)) return 'timeout';
  return 'network';
}

/** The server answered with an error, so the connection is well. */
export function isErrorReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** The class of an error reply's text, without the leading `-`. */
export function classOfReply(text: string): RedisFailureClass {
  const [code = ''] = text.split(' ', 1);
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known) return known;
  const inScript = /^ERR Error running script.*?: ?-?([A-Z]{3,}) /.exec(text)?.[1]; // Redis 6 wraps a script's errors.
  if (inScript && Object.hasOwn(BY_CODE, inScript)) return BY_CODE[inScript] ?? 'other-reply';
  return BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? 'other-reply';
}

function coded(error: DomainError): RedisFailureClass {
  return 'failureClass' in error ? (error.failureClass as RedisFailureClass) : 'network';
}

/** A discarded transaction names the command that broke it; a cluster that cannot be reached, what its last node said. */
function innerError(error: Error): Error | null {
  const { previousErrors, lastNodeError } = error as { previousErrors?: unknown; lastNodeError?: unknown };
  const inner: unknown = Array.isArray(previousErrors) ? previousErrors[0] : lastNodeError;
  return inner instanceof Error && inner !== error ? inner : null;
}
