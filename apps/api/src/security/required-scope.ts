import type { ApiScope } from '@sluice/postgres';

/** `probe` is for balancers, `open` for everybody. */
export type RequiredScope = ApiScope | 'open' | 'probe';

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const PROBES: ReadonlySet<string> = new Set(['/health/live', '/health/ready']);
const DOCUMENTATION = /^\/(?:docs(?:[/-].*)?|openapi\.json)$/;
const ADMINISTRATION = /^\/(?:v1\/)?admin(?:\/|$)/;
/** The legacy routes that empty caches: they say nothing of administration in their path. */
const CACHES = /^\/v1\/cache(?:\/|$)/;
/** Takes rows out of what everybody reads: with one day, nearly all of them. */
const RETENTION = /^\/v1\/(?:runs|llm-costs)\/retention$/;

/** A legacy route that changes rows though it is a GET. */
const EVALUATION = '/v1/performance/alpha/evaluate';

/**
 * What a route asks of a key, by its method and the router's pattern of it, never by the path as it was sent: that may be
 * spelled in many ways, with `%61dmin` for one. `route` is undefined where there is no route; nobody without a key learns
 * which ones there are.
 */
export function requiredScope(method: string, route: string | undefined): RequiredScope {
  const isRead = READS.has(method) && route !== EVALUATION;
  if (route === undefined) return 'read';
  if (isRead && PROBES.has(route)) return 'probe';
  if (isRead && DOCUMENTATION.test(route)) return 'open';
  if (ADMINISTRATION.test(route) || RETENTION.test(route) || (!isRead && CACHES.test(route))) return 'admin';
  return isRead ? 'read' : 'write';
}

/** Whether scopes hold what a route asks. */
export const holds = (scopes: readonly ApiScope[], scope: ApiScope): boolean =>
  scopes.includes('admin') || scopes.includes(scope);
