import { holds, requiredScope } from './required-scope';

it.each([
  ['GET', '/health/live', 'probe'],
  ['HEAD', '/health/ready', 'probe'],
  ['GET', '/health', 'read'],
  ['GET', '/metrics', 'read'],
  ['GET', '/docs', 'open'],
  ['GET', '/docs/*', 'open'],
  ['GET', '/docs/swagger-ui-init.js', 'open'],
  ['GET', '/openapi.json', 'open'],
  ['POST', '/docs', 'write'],
  ['GET', '/v1/top-picks/status', 'read'],
  ['HEAD', '/v1/top-picks/status', 'read'],
  ['POST', '/v1/llm-costs/requests', 'write'],
  ['DELETE', '/v1/policies/:id', 'write'],
  ['GET', '/v1/performance/alpha/evaluate', 'write'],
  ['HEAD', '/v1/performance/alpha/evaluate', 'write'],
  ['GET', '/v1/cache/stats', 'read'],
  ['POST', '/v1/cache/clear', 'admin'],
  ['POST', '/v1/cache/invalidate', 'admin'],
  ['POST', '/admin/clear-cache', 'admin'],
  ['POST', '/v1/runs/retention', 'admin'],
  ['POST', '/v1/llm-costs/retention', 'admin'],
  ['POST', '/v1/runs/reconciliation', 'write'],
  ['GET', '/v1/admin/caches', 'admin'],
  ['GET', '/v1/admin/cutover', 'admin'],
  ['GET', '/v1/admin/caches/:name/keys', 'admin'],
  ['GET', undefined, 'read'],
  ['POST', undefined, 'read'],
])('%s %s asks for %s', (method, route, scope) => expect(requiredScope(method, route)).toBe(scope));

it('lets admin do everything, and write not read', () => {
  expect(holds(['admin'], 'read') && holds(['admin'], 'write') && holds(['admin'], 'admin')).toBe(true);
  expect([holds(['write'], 'read'), holds(['read'], 'write'), holds(['read', 'write'], 'admin')]).toEqual([
    ...[false, false, false],
  ]);
});
