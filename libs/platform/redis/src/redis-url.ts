import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ClusterNode, RedisOptions } from 'ioredis';
import { RedisUrlError } from './errors';

const MAX_DATABASE = 65_535;
const MAX_HOSTS = 64;
const DEFAULT_PORT = { standalone: 6379, cluster: 6379, sentinel: 26_379 } as const;

/** Where Redis is, in the form that ioredis takes. `server` is what may be shown: no credentials, no parameters. */
export type RedisAddress =
  | { readonly kind: 'standalone' | 'sentinel'; readonly server: string; readonly options: RedisOptions }
  | {
      readonly kind: 'cluster';
      readonly server: string;
      readonly nodes: readonly ClusterNode[];
      /** For the connection to each node. */
      readonly options: RedisOptions;
    };

interface Parts {
  readonly secure: boolean;
  readonly userInfo: string | undefined;
  readonly hosts: string;
  readonly path: string;
  readonly query: string | undefined;
}

const FORM = /^(redis|rediss)(?:-(sentinel|cluster))?:\/\/(?:([^/?#]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

/**
 * Reads one address:
 * - `redis://[user:password@]host[:6379][/database]`
 * - `redis-sentinel://[user:password@]host[:26379],host.../group[/database]`, with the sentinels' own credentials as
 *   `?sentinel-user=&sentinel-password=`
 * - `redis-cluster://[user:password@]host[:6379],host...`
 *
 * and with `rediss` instead of `redis` for TLS to every server, sentinels included. A cluster under TLS is reached by the
 * names that its nodes announce, so they have to be in the certificates. Certificates must lead to an authority that Node
 * trusts, or to the one in the file that `?ca=/path/to/ca.pem` names; there is no way to trust any.
 *
 * Throws `RedisUrlError` without a word of the address in it. Other parameters are refused: a time limit or an option in
 * the address would be one that nobody finds.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const [, scheme, kind, userInfo, hosts, path = '', query] = FORM.exec(text) ?? [];
  if (scheme === undefined || hosts === undefined)
    throw invalid('it is not redis://host, redis-sentinel://host,host/group or redis-cluster://host,host');
  const parts: Parts = { secure: scheme === 'rediss', userInfo, hosts, path, query };
  if (kind === 'sentinel') return sentinelAddress(parts);
  return kind === 'cluster' ? clusterAddress(parts) : standaloneAddress(parts);
}

function standaloneAddress(parts: Parts): RedisAddress {
  const [node, second] = nodesOf(parts.hosts, DEFAULT_PORT.standalone);
  if (!node || second) throw invalid('several hosts need redis-sentinel:// or redis-cluster://');
  const db = databaseOf(parts.path);
  const { ca } = parametersOf(parts, []);
  const name = isIP(node.host) ? {} : { servername: node.host }; // An address is no name that TLS could ask for.
  const tls = parts.secure ? { tls: { ...name, ...ca } } : {};
  return {
    kind: 'standalone',
    server: `${shown(node)}/${db}`,
    options: { ...node, db, ...credentialsOf(parts.userInfo), ...tls },
  };
}

function sentinelAddress(parts: Parts): RedisAddress {
  const sentinels = nodesOf(parts.hosts, DEFAULT_PORT.sentinel);
  const [name = '', database = '', ...rest] = parts.path.split('/');
  if (!/^[A-Za-z0-9._-]+$/.test(name) || rest.length > 0) throw invalid('its path is not the name of a Sentinel group');
  const db = databaseOf(database);
  const { ca, ...credentials } = parametersOf(parts, ['sentinelUsername', 'sentinelPassword']);
  const tls = parts.secure ? { tls: { ...ca }, sentinelTLS: { ...ca }, enableTLSForSentinelMode: true } : {};
  return {
    kind: 'sentinel',
    server: `${sentinels.map(shown).join(',')}/${name}/${db}`,
    options: { sentinels, name, db, ...credentialsOf(parts.userInfo), ...credentials, ...tls },
  };
}

function clusterAddress(parts: Parts): RedisAddress {
  const nodes = nodesOf(parts.hosts, DEFAULT_PORT.cluster);
  if (databaseOf(parts.path) !== 0) throw invalid('a cluster has database 0 only');
  const { ca } = parametersOf(parts, []);
  const tls = parts.secure ? { tls: { ...ca } } : {};
  return {
    kind: 'cluster',
    server: nodes.map(shown).join(','),
    nodes,
    options: { ...credentialsOf(parts.userInfo), ...tls },
  };
}

interface Node {
  readonly host: string;
  readonly port: number;
}

function nodesOf(hosts: string, defaultPort: number): Node[] {
  const nodes = hosts.split(',').map((host) => nodeOf(host, defaultPort));
  if (nodes.length > MAX_HOSTS) throw invalid(`it names more than ${MAX_HOSTS} hosts`);
  return nodes;
}

/** `host`, `host:port`, `[::1]` or `[::1]:port`; the URL parser says what a host is. */
function nodeOf(text: string, defaultPort: number): Node {
  const url = URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : null;
  const port = /:(\d+)$/.exec(text.replace(/^\[.*\]/, ''))?.[1];
  if (!url || !url.hostname || /\s/.test(text) || port === '0')
    throw invalid('one of its hosts is not host or host:port');
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(port ?? defaultPort) };
}

const shown = ({ host, port }: Node): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

function databaseOf(path: string): number {
  const database = path || '0';
  if (!/^\d{1,5}$/.test(database) || Number(database) > MAX_DATABASE)
    throw invalid('its path does not end in a database number');
  return Number(database);
}

function credentialsOf(userInfo = ''): { username?: string; password?: string } {
  const colon = userInfo.indexOf(':');
  const username = decoded(colon < 0 ? userInfo : userInfo.slice(0, colon));
  const password = decoded(colon < 0 ? '' : userInfo.slice(colon + 1));
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

const PARAMETERS = {
  'sentinel-user': 'sentinelUsername',
  'sentinel-password': 'sentinelPassword',
  ca: 'ca',
} as const;

interface Parameters {
  sentinelUsername?: string;
  sentinelPassword?: string;
  /** What the file holds, in the form that TLS takes. */
  ca?: { readonly ca: string };
}

/** `ca` is for TLS only. */
function parametersOf({ query = '', secure }: Parts, allowed: readonly (keyof Parameters)[]): Parameters {
  const parameters: Parameters = {};
  for (const pair of query.split('&').filter(Boolean)) {
    const equals = Math.max(pair.indexOf('='), 0);
    const name = pair.slice(0, equals);
    const option = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name as keyof typeof PARAMETERS] : null;
    if (!option || parameters[option] !== undefined || !(option === 'ca' ? secure : allowed.includes(option)))
      throw invalid('it has a parameter that is not supported, or one twice');
    const value = decoded(pair.slice(equals + 1));
    if (option === 'ca') parameters.ca = { ca: textOf(value) };
    else parameters[option] = value;
  }
  return parameters;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw invalid('its ca names a file that cannot be read');
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('its user, password or parameters are not percent-encoded');
  }
}

function invalid(reason: string): RedisUrlError {
  return new RedisUrlError(`The Redis address cannot be used: ${reason}.`, {
    remedy: 'Write it as redis://user:password@host:6379/0, with special characters percent-encoded.',
  });
}
