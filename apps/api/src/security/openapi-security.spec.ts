import { withSecurity } from './openapi-security';

const operation = { operationId: 'a', responses: { 200: { description: 'fine' } } };
const document = withSecurity({
  paths: {
    '/health/live': { get: operation },
    '/v1/top-picks/status': { get: operation },
    '/v1/llm-costs/requests': { post: operation },
    '/v1/admin/caches/{name}': { get: operation },
  },
  components: { schemas: {} },
}) as ReturnType<typeof JSON.parse>;

it('names the scope of each route, and none for probes', () => {
  const scopeOf = (path: string, method: string) => document.paths[path][method].security;
  expect(scopeOf('/health/live', 'get')).toEqual([]);
  expect(scopeOf('/v1/top-picks/status', 'get')).toEqual([{ bearer: ['read'] }, { apiKey: ['read'] }]);
  expect(scopeOf('/v1/llm-costs/requests', 'post')).toEqual([{ bearer: ['write'] }, { apiKey: ['write'] }]);
  expect(scopeOf('/v1/admin/caches/{name}', 'get')).toEqual([{ bearer: ['admin'] }, { apiKey: ['admin'] }]);
  expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'apiKey']);
});

it('adds what is answered without a key, in the shape of the path', () => {
  const legacy = document.paths['/v1/top-picks/status'].get.responses;
  expect(Object.keys(legacy)).toEqual(['200', '401', '403', '429', '503']);
  expect(Object.keys(legacy[401].content)).toEqual(['application/json']);
  const own = document.paths['/v1/llm-costs/requests'].post.responses;
  expect(Object.keys(own[401].content)).toEqual(['application/problem+json']);
  expect(Object.keys(document.paths['/health/live'].get.responses)).toEqual(['200']);
});
