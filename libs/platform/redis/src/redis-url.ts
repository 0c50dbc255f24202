import type { RedisOptions } from 'ioredis';
import { RedisUrlError } from './errors';

const MAX_DATABASE = 65_535;

export interface RedisAddress {
  readonly options: RedisOptions;
  /** Host, port and database: what may be shown. */
  readonly server: string;
}

/**
 * Reads `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. Throws `RedisUrlError` without a word of
 * the address in it. Query parameters are refused: ioredis would take them as options, time limits included.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  const secure = url?.protocol === 'rediss:';
  if (!url || !(secure || url.protocol === 'redis:') || !url.hostname)
    throw invalid('it is not redis://host or rediss://host');
  if (url.search || url.hash) throw invalid('it has parameters, which are not supported');
  const database = url.pathname.replace(/^\//, '') || '0';
  if (!/^\d{1,5}$/.test(database) || Number(database) > MAX_DATABASE)
    throw invalid('its path is not a database number');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || 6379);
  return {
    server: `${url.hostname}:${port}/${Number(database)}`,
    options: {
      host,
      port,
      db: Number(database),
      ...(url.username ? { username: decoded(url.username) } : {}),
      ...(url.password ? { password: decoded(url.password) } : {}),
      ...(secure ? { tls: { servername: host } } : {}),
    },
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('its user or password is not percent-encoded');
  }
}

function invalid(reason: string): RedisUrlError {
  return new RedisUrlError(`The Redis address cannot be used: ${reason}.`, {
    remedy: 'Write it as redis://user:password@host:6379/0, with special characters percent-encoded.',
  });
}
