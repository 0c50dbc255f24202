import type { FastifyRequest } from 'fastify';
import { loggedPathOf } from './logged-path';

const asked = (url: string, pattern?: string) =>
  loggedPathOf({ url, routeOptions: { url: pattern } } as unknown as FastifyRequest);

it.each([
  ['/v1/llm-costs/requests?model=secret', '/v1/llm-costs/requests', '/v1/llm-costs/requests'],
  [
    '/v1/admin/caches/hist/entries/secret',
    '/v1/admin/caches/:name/entries/:key',
    '/v1/admin/caches/:name/entries/:key',
  ],
  ['/v1/admin/caches/hist/entries/secret/a/b', undefined, '/v1/admin/caches/hist/entries/:key'],
  ['/v1/context/preferences/secret', '/v1/context/preferences/:user_id', '/v1/context/preferences/:user_id'],
  ['/v1/runs#secret', '/v1/runs', '/v1/runs'],
  ['/v1/context/memory/a/secret?x', '/v1/context/memory/:context_type/:key', '/v1/context/memory/:context_type/:key'],
  ['/v1/memory/session/secret?x', '/v1/memory/session/:session_id', '/v1/memory/session/:session_id'],
  ['/v1/Memory/session/secret/a', undefined, '/v1/Memory/session/:key'],
  ['/V1/Context/Preferences/secret/a/b/c', undefined, '/V1/Context/Preferences/:key'],
  ['/v1/context/preferences/', undefined, '/v1/context/preferences/'],
])('logs %s of the route %s as %s', (url, pattern, logged) => {
  expect(asked(url, pattern)).toBe(logged);
});
