import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, messageOf } from '@sluice/core';
import { type ApiKeys, type ApiKeyText, isSecretOf, parseApiKey, type StoredApiKey } from '@sluice/postgres';
import { noteCaller } from '@sluice/trading-feature';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log';
import { routeOf } from '../logged-path';
import type { KnownKeys } from './known-keys';
import { isForThisMachine, isLocal } from './local-only';
import type { Allowance, RateLimits } from './rate-limits';
import { holds, type RequiredScope, requiredScope } from './required-scope';
import {
  ApiKeyInvalidError,
  ApiKeyMissingError,
  ApiScopeMissingError,
  LocalOnlyError,
  TooManyRequestsError,
} from './security.errors';
import { siteOf } from './site-of';

/** A read that may go on. */
export interface ReadPass {
  /** The id of the API key; undefined where nobody was asked for one. */
  readonly key?: string;
  /** What the answer says of the limit. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Decides before a request's body is read whether it may go on. */
export interface Gate {
  /** Null where it may go on at once. Throws, or rejects, where it may not. */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<void> | null;
  /** For a route of the scope `read`; null where `admit` has to decide, and then nothing was charged. */
  admitRead(headers: IncomingHttpHeaders): ReadPass | null;
}

const FREE: ReadPass = { headers: {} };

/**
 * Without keys: whoever is on this machine may do everything, and whoever reached it otherwise (through a proxy, a tunnel)
 * may read. Nothing is limited: it is one person's machine.
 */
export class LoopbackGate implements Gate {
  admit(request: FastifyRequest): null {
    const { socket, headers } = request;
    const scope = scopeOf(request);
    if (scope === 'probe') return null;
    const isAdmitted =
      scope === 'write' || scope === 'admin'
        ? isLocal({ address: socket.remoteAddress, headers })
        : isForThisMachine(headers);
    if (!isAdmitted) throw new LocalOnlyError();
    return null;
  }

  admitRead(headers: IncomingHttpHeaders): ReadPass | null {
    return isForThisMachine(headers) ? FREE : null;
  }
}

const scopeOf = (request: FastifyRequest): RequiredScope => requiredScope(request.method, routeOf(request));

interface KeyGateParts {
  readonly keys: KnownKeys;
  readonly uses: Pick<ApiKeys, 'noteUse'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'event'>;
  readonly limits: { readonly ofKeys: RateLimits; readonly ofAddresses: RateLimits };
  readonly rates: { readonly perKey: number; readonly perAddress: number };
}

const HOUR_MS = 3_600_000;

/** Every request needs a key that holds the route's scope, but for probes and the documentation. */
export class KeyGate implements Gate {
  /** The hour in which each key was last noted as used. */
  private readonly noted = new Map<string, number>();

  constructor(private readonly parts: KeyGateParts) {}

  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const scope = scopeOf(request);
    if (scope === 'probe') return;
    if (scope === 'open') return this.chargeAddress(request, reply);
    const key = await this.keyOf(request, reply);
    const { limits, rates } = this.parts;
    await charge(limits.ofKeys, nameOf(key), rates.perKey, reply);
    noteCaller(request, key.id);
    if (!holds(key.scopes, scope)) throw new ApiScopeMissingError(scope);
    this.noteUse(key);
  }

  admitRead(headers: IncomingHttpHeaders): ReadPass | null {
    const { keys, clock, limits, rates } = this.parts;
    const given = givenKeyOf(headers);
    const key = given && keys.held(given.id);
    if (!given || !key || !isValid(key, given, clock.nowMs()) || !holds(key.scopes, 'read')) return null;
    const allowance = limits.ofKeys.takeHeld(nameOf(key), rates.perKey);
    if (!allowance) return null;
    this.noteUse(key);
    return { key: key.id, headers: limitHeaders(allowance) };
  }

  /** The valid key of a request. What is no valid key is paid for by the address, or guesses would be free. */
  private async keyOf(request: FastifyRequest, reply: FastifyReply): Promise<StoredApiKey> {
    const { keys, clock } = this.parts;
    const toll = (): Promise<void> => this.chargeAddress(request, reply);
    const given = givenKeyOf(request.headers);
    const key = given && (await keys.find(given.id, toll));
    if (given && key && isValid(key, given, clock.nowMs())) return key;
    await toll();
    throw keyTextOf(request.headers) === null ? new ApiKeyMissingError() : new ApiKeyInvalidError();
  }

  private chargeAddress(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { limits, rates } = this.parts;
    return charge(limits.ofAddresses, `address:${siteOf(request.ip)}`, rates.perAddress, reply);
  }

  /** Once an hour and key; the request does not wait for it, and goes on where it fails. */
  private noteUse({ id }: StoredApiKey): void {
    const hour = Math.floor(this.parts.clock.nowMs() / HOUR_MS);
    if (this.noted.get(id) === hour) return;
    this.noted.set(id, hour);
    this.parts.uses.noteUse(id).catch((error: unknown) => {
      this.parts.log.event('warn', 'the use of a key was not noted', { key: id, error: messageOf(error) });
    });
  }
}

/** `Authorization: Bearer` counts more than `X-API-Key`; null where there is neither. */
function keyTextOf(headers: IncomingHttpHeaders): string | null {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  const plain = headers['x-api-key'];
  return bearer ?? (typeof plain === 'string' ? plain : null);
}

function givenKeyOf(headers: IncomingHttpHeaders): ApiKeyText | null {
  const text = keyTextOf(headers);
  return text === null ? null : parseApiKey(text);
}

/** Of its limit. */
const nameOf = ({ id }: StoredApiKey): string => `key:${id}`;

function isValid(key: StoredApiKey, { secret }: ApiKeyText, nowMs: number): boolean {
  const isLive = key.revokedAt === null && (key.expiresAt === null || key.expiresAt.getTime() > nowMs);
  return isSecretOf(secret, key.secretHash) && isLive;
}

/** Takes one request from a limit and says in the answer what is left. Throws `API_TOO_MANY_REQUESTS`. */
async function charge(limits: RateLimits, caller: string, perMinute: number, reply: FastifyReply): Promise<void> {
  const allowance = await limits.take(caller, perMinute);
  void reply.headers(limitHeaders(allowance));
  if (!allowance.isGranted) throw new TooManyRequestsError(allowance.resetSeconds);
}

const limitHeaders = ({ limit, remaining, resetSeconds }: Allowance): Record<string, string> => ({
  'ratelimit-policy': `"minute";q=${limit};w=60`,
  ratelimit: `"minute";r=${remaining};t=${resetSeconds}`,
});
