import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { ApiProcess, runApi } from './api-process';

describe('the API', () => {
  let database: FreshDatabase;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await freshDatabase();
    api = await ApiProcess.start({ DATABASE_URL: database.url });
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  it('answers an unknown path with problem details', async () => {
    const { status, headers, body } = await api.get('/nothing?secret=1', { 'X-Request-Id': 'trace-1' });
    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toEqual({
      ...{ type: 'about:blank', title: 'Not Found', status: 404, detail: 'Not Found', instance: '/nothing' },
      ...{ code: 'HTTP_NOT_FOUND', requestId: 'trace-1' },
    });
  });

  it('answers an unknown legacy path in the legacy shape', async () => {
    const { status, headers, body } = await api.get('/v1/nothing');
    expect([status, headers.get('content-type'), body]).toEqual([404, 'application/json', { detail: 'Not Found' }]);
  });

  it.each([
    ['/v%31/performance/alpha/dataset?limit=501', 422],
    ['/v1/%70erformance/alpha/dataset?limit=501', 422],
    ['/v1/scalping/%65xits/TCS?date=x', 400],
  ])('answers %s in the legacy shape, however the path of its route is spelled', async (target, status) => {
    const answer = await api.get(target);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/json']);
    expect(answer.body).toEqual({ detail: expect.anything() });
  });

  it('answers a URL that is none with problem details too', async () => {
    const { status, body } = await api.get('/%zz', { 'X-Request-Id': 'trace-2' });
    expect([status, body.code, body.requestId]).toEqual([400, 'HTTP_BAD_REQUEST', 'trace-2']);
  });

  it('echoes a sane request id and replaces any other', async () => {
    const idFor = async (id: string) =>
      (await api.get('/health/live', { 'X-Request-Id': id })).headers.get('x-request-id');
    expect(await idFor('abc:1.2_3-4')).toBe('abc:1.2_3-4');
    const made = await idFor('a b"c');
    expect(made).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('x'.repeat(129))).not.toContain('xxx');
  });

  // What each route says of itself is looked at in the committed document, which is compared with this one.
  it('describes itself in OpenAPI 3.1, with ranges and examples', async () => {
    const { body } = await api.get('/openapi.json');
    expect(body.openapi).toMatch(/^3\.1\.\d$/);
    const { parameters } = body.paths['/v1/performance/alpha/dataset'].get;
    expect(parameters.find(({ name }: { name: string }) => name === 'limit')).toMatchObject({
      ...{ in: 'query', required: false, description: expect.any(String) },
      schema: { type: 'integer', minimum: 1, maximum: 500, default: 100, examples: [2] },
    });
  });

  it('shows the documentation page', async () => {
    const page = await api.get('/docs');
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Sluice API')]);
    expect((await api.get('/docs/swagger-ui-bundle.js')).status).toBe(200);
  });
});

describe('starting the API', () => {
  it('names what is missing or wrong, never the value, and exits with 2', async () => {
    const missing = await runApi({});
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('DATABASE_URL is not set.')]);
    const wrong = await runApi({ DATABASE_URL: 'mysql://u:hunter2@h/d' });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('DATABASE_URL must be a URL')]);
    expect(wrong.stderr).not.toContain('hunter2');
  });

  it('says that the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    try {
      const { port } = holder.address() as AddressInfo;
      const { code, stderr } = await runApi({ DATABASE_URL: 'postgresql://127.0.0.1:1/none', PORT: String(port) });
      expect([code, stderr]).toEqual([2, expect.stringContaining(`Cannot listen on 127.0.0.1:${port}.`)]);
    } finally {
      holder.close();
    }
  });
});
