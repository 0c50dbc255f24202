import type { FastifyRequest } from 'fastify';

/** The path without the query, which may hold values of users. The router takes what is behind a `#` for a query as well. */
export const pathOf = (request: FastifyRequest): string => request.url.split(/[?#]/, 1)[0] ?? '/';

/** The router's pattern of what was asked for; undefined where there is no route. */
export const routeOf = ({ is404, routeOptions }: FastifyRequest): string | undefined =>
  is404 ? undefined : routeOptions.url;

/** What names users and keys behind them, also where the rest is spelled as no route is. */
const PERSONAL = /^(.*\/(?:entries|context\/preferences|context\/memory|memory\/session)\/)./i;

/** The path for the log: a key of a cache may be of users, preferences and sessions are. Of those only the pattern is shown. */
export function loggedPathOf(request: FastifyRequest): string {
  const pattern = request.routeOptions?.url;
  if (pattern !== undefined && PERSONAL.test(pattern)) return pattern; // However the path is spelled: `%65ntries` for one.
  const path = pathOf(request);
  const [, before] = PERSONAL.exec(path) ?? [];
  return before === undefined ? path : `${before}:key`;
}
