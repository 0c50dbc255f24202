import { cacheDriverOf, isLoopbackHost, requireRedisUrl, type Settings } from '@sluice/config';
import { systemClock } from '@sluice/core';
import { ApiKeys, type Postgres } from '@sluice/postgres';
import { RedisConnection } from '@sluice/redis';
import type { Log } from '../log';
import { type Gate, KeyGate, LoopbackGate } from './gate';
import { KnownKeys } from './known-keys';
import { RateLimits } from './rate-limits';
import { LoopbackAuthRefusedError } from './security.errors';
import { SharedWindows } from './shared-windows';

/** A request waits no longer for Redis to count it. */
const COMMAND_MS = 250;

export interface OpenGate {
  readonly gate: Gate;
  close(): Promise<void>;
}

/** Throws `API_AUTH_NOT_LOOPBACK` where nobody is asked for a key and others could connect. */
export function assertAuthFits({ http, host }: Settings): void {
  if (http.auth === 'loopback' && !isLoopbackHost(host)) throw new LoopbackAuthRefusedError(host);
}

/** The gate of the settings: by API keys, unless it was told otherwise. Nobody waits for Redis, which is connected to meanwhile. */
export function openGate(settings: Settings, postgres: Postgres, log: Log): OpenGate {
  if (settings.http.auth === 'loopback') {
    log.event(
      'warn',
      'no API key is needed on loopback, and changes are taken from this machine only; API_AUTH=keys asks everybody',
    );
    return { gate: new LoopbackGate(), close: async () => undefined };
  }
  log.event('info', 'every request needs an API key; `sluice keys create` makes one');
  const windows = cacheDriverOf(settings) === 'redis' ? openWindows(settings, log) : null;
  const keys = new ApiKeys(postgres);
  const gate = new KeyGate({
    ...{ keys: new KnownKeys(keys, systemClock), uses: keys, clock: systemClock, log },
    limits: { ofKeys: new RateLimits(windows, systemClock), ofAddresses: new RateLimits(windows, systemClock) },
    rates: { perKey: settings.http.ratePerMinute, perAddress: settings.http.anonymousRatePerMinute },
  });
  return { gate, close: async () => windows?.close() };
}

function openWindows(settings: Settings, log: Log): SharedWindows {
  const connection = RedisConnection.opened(requireRedisUrl(settings).reveal(), { commandMs: COMMAND_MS });
  const windows = new SharedWindows(connection, systemClock, log);
  void windows.connect();
  return windows;
}
