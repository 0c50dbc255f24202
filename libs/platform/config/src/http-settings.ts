import { isIP } from 'node:net';
import * as v from 'valibot';
import { listOf, optional, preset } from './setting';
import { wholeNumber } from './whole-number';

/** As a browser sends it: no path, and no `*`, which would be everybody. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}

function isNetwork(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    more.length === 0 && bits > 0 && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits))
  );
}

/** The variables of the API's shell: who may ask, how often, and how much. */
export const httpEnvironment = {
  API_AUTH: optional(
    v.picklist(['keys', 'loopback'], 'must be keys or loopback'),
    'keys: every request needs an API key. loopback: none does, HOST must be a loopback address, and changes are taken from this machine only. Not set: keys; `sluice start` on loopback: loopback.',
  ),
  API_RATE_PER_MINUTE: preset(
    wholeNumber(1, 10_000_000),
    '6000',
    'Requests that one API key may send in a minute, to all processes together where there is a Redis.',
  ),
  API_ANONYMOUS_RATE_PER_MINUTE: preset(
    wholeNumber(1, 10_000_000),
    '120',
    'The same for one address that sends no valid key.',
  ),
  API_TRUSTED_PROXIES: optional(
    listOf(isNetwork, 'must be addresses or networks like 10.0.0.0/8, separated by commas'),
    'Proxies whose X-Forwarded-For is believed. Not set: none, and the address is that of the connection.',
  ),
  API_CORS_ORIGINS: optional(
    listOf(isOrigin, 'must be origins like https://app.example.org, separated by commas'),
    'Web sites whose pages may ask. Not set: none.',
  ),
  API_BODY_LIMIT_BYTES: preset(
    wholeNumber(1_024, 1_073_741_824),
    '1048576',
    'A body that is larger is refused with 413.',
  ),
  API_REQUEST_TIMEOUT_MS: preset(
    wholeNumber(1_000, 600_000),
    '30000',
    'How long a client may take to send a request; then it is cut off with 408.',
  ),
  API_MAX_CONNECTIONS: preset(
    wholeNumber(1, 100_000),
    '1000',
    'Connections that one process keeps at once; another is closed as it comes. Who takes nothing of an answer for 2 minutes is cut off.',
  ),
};

/** The settings of the API's shell. */
export interface HttpSettings {
  /** As told; undefined is `keys`, but for `sluice start` on loopback. */
  readonly auth: 'keys' | 'loopback' | undefined;
  readonly ratePerMinute: number;
  readonly anonymousRatePerMinute: number;
  /** Addresses and networks, `10.0.0.0/8`. */
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly bodyLimitBytes: number;
  readonly requestTimeoutMs: number;
  readonly maxConnections: number;
}

export const httpSettingsOf = (
  value: v.InferOutput<v.ObjectSchema<typeof httpEnvironment, undefined>>,
): HttpSettings => ({
  auth: value.API_AUTH,
  ratePerMinute: value.API_RATE_PER_MINUTE,
  anonymousRatePerMinute: value.API_ANONYMOUS_RATE_PER_MINUTE,
  trustedProxies: value.API_TRUSTED_PROXIES ?? [],
  corsOrigins: value.API_CORS_ORIGINS ?? [],
  bodyLimitBytes: value.API_BODY_LIMIT_BYTES,
  requestTimeoutMs: value.API_REQUEST_TIMEOUT_MS,
  maxConnections: value.API_MAX_CONNECTIONS,
});
