import type { IncomingHttpHeaders } from 'node:http';
import { isLoopbackHost } from '@sluice/config';

/** Who asks, as the connection and the headers tell. */
export interface Asker {
  readonly address: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

const LOOPBACK_AUTHORITY = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
const SCHEME = /^https?:\/\//;

/**
 * Whether the name that was asked for is one of this machine. The page of another site sends no `Origin` where its site's
 * own name leads here (DNS rebinding); then `Host` is that name.
 */
export const isForThisMachine = ({ host }: IncomingHttpHeaders): boolean =>
  host === undefined || LOOPBACK_AUTHORITY.test(host);

/**
 * What a proxy passes on comes from anywhere, and so does what a browser sends for the page of another site. It names that page
 * in `Origin`, but not where the page only shows a picture or follows a link: then `Sec-Fetch-Site` tells.
 */
export function isLocal({ address, headers }: Asker): boolean {
  if (!isLoopbackHost(address ?? '')) return false;
  if (['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined)) return false;
  const { origin, 'sec-fetch-site': site } = headers;
  const isOwnPage =
    origin === undefined
      ? site !== 'cross-site'
      : SCHEME.test(origin) && LOOPBACK_AUTHORITY.test(origin.replace(SCHEME, ''));
  return isOwnPage && isForThisMachine(headers);
}
