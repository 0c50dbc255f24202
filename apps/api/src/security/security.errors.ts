import { DomainError } from '@sluice/core';
import type { ApiScope } from '@sluice/postgres';

/** A failure whose answer has headers of its own. */
export interface WithHeaders {
  readonly headers: Readonly<Record<string, string>>;
}

const CHALLENGE = 'Bearer realm="sluice"';
const KEY_REMEDY = 'Send `Authorization: Bearer sluice_...` or `X-API-Key`; `sluice keys create` makes a key.';

/** The request carries no API key. */
export class ApiKeyMissingError extends DomainError implements WithHeaders {
  readonly code = 'API_KEY_MISSING';
  readonly kind = 'unauthenticated';
  readonly headers = { 'www-authenticate': CHALLENGE };

  constructor() {
    super('An API key is needed.', { remedy: KEY_REMEDY });
  }
}

/** The key is unknown, wrong, revoked or has expired; the answer does not say which. */
export class ApiKeyInvalidError extends DomainError implements WithHeaders {
  readonly code = 'API_KEY_INVALID';
  readonly kind = 'unauthenticated';
  readonly headers = { 'www-authenticate': `${CHALLENGE}, error="invalid_token"` };

  constructor() {
    super('The API key is not valid.', { remedy: 'See `sluice keys list`: it may be revoked or have expired.' });
  }
}

/** The key is valid and lacks the scope of the route. */
export class ApiScopeMissingError extends DomainError implements WithHeaders {
  readonly code = 'API_SCOPE_MISSING';
  readonly kind = 'forbidden';
  readonly headers: WithHeaders['headers'];

  constructor(scope: ApiScope) {
    super(`The API key lacks the scope ${scope}.`, { remedy: `Make a key with \`--scope ${scope}\`.` });
    this.headers = { 'www-authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${scope}"` };
  }
}

/** More requests in a minute than the caller may send. */
export class TooManyRequestsError extends DomainError implements WithHeaders {
  readonly code = 'API_TOO_MANY_REQUESTS';
  readonly kind = 'too-many';
  readonly headers: WithHeaders['headers'];

  constructor(retryAfterSeconds: number) {
    super('Too many requests; try again after the seconds of `Retry-After`.', {
      remedy: 'Ask less often, or raise API_RATE_PER_MINUTE.',
    });
    this.headers = { 'retry-after': String(retryAfterSeconds) };
  }
}

/** Without keys, something for this machine only was asked for by another one, through a proxy, or by a page of another site. */
export class LocalOnlyError extends DomainError {
  readonly code = 'API_LOCAL_ONLY';
  readonly kind = 'forbidden';

  constructor() {
    super('Without API keys this is only for the machine that the API runs on.', {
      remedy: 'Ask from that machine, without a proxy, or start the API with API_AUTH=keys.',
    });
  }
}

/** `API_AUTH=loopback` and an address that others can connect to. */
export class LoopbackAuthRefusedError extends DomainError {
  readonly code = 'API_AUTH_NOT_LOOPBACK';
  readonly kind = 'usage';

  constructor(host: string) {
    super(`API_AUTH=loopback asks nobody for a key, and HOST=${host} is no loopback address.`, {
      remedy: 'Set API_AUTH=keys, or HOST=127.0.0.1.',
    });
  }
}
