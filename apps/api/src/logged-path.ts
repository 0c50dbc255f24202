import type { FastifyRequest } from 'fastify';

/** The path without the query, which may hold values of users. */
export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/';

/** Also where the rest is spelled as no route is. */
const ENTRY = /^(.*\/entries\/)./i;

/** The path for the log: a key of a cache may be of users. */
export function loggedPathOf(request: FastifyRequest): string {
  const path = pathOf(request);
  const pattern = request.routeOptions?.url;
  if (pattern?.endsWith('/entries/:key')) return pattern;
  const [, before] = ENTRY.exec(path) ?? [];
  return before === undefined ? path : `${before}:key`;
}
