import { once } from 'node:events';
import { connect } from 'node:net';
import { freshDatabase, until, type FreshDatabase } from '@sluice/testing';
import { ApiProcess } from './api-process';

describe('/metrics', () => {
  let database: FreshDatabase;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await freshDatabase();
    api = await ApiProcess.start({ DATABASE_URL: database.url, API_AUTH: 'loopback' });
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  const lines = async (): Promise<string[]> => {
    const { status, headers, text } = await api.get('/metrics');
    expect([status, headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^text\/plain; version=0\.0\.4/),
    ]);
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  };
  const nameOf = (line: string): string => line.slice(0, line.lastIndexOf(' '));
  const counted = async (labels: string): Promise<string | undefined> =>
    (await lines()).find((line) => line.startsWith(`sluice_http_request_duration_seconds_count{${labels}}`));

  it('counts requests by the pattern of their route and the class of their status', async () => {
    await api.get('/v1/performance/alpha/dataset?limit=5');
    await api.get('/v1/performance/alpha/dataset?limit=501');
    await api.get('/v1/admin/caches/hist');
    await api.get('/v1/admin/caches/nosuch');
    const dataset = 'method="GET",route="/v1/performance/alpha/dataset"';
    expect(await counted(`${dataset},status="2xx"`)).toMatch(/ 1$/);
    expect(await counted(`${dataset},status="4xx"`)).toMatch(/ 1$/);
    expect(await counted('method="GET",route="/v1/admin/caches/:name",status="4xx"')).toMatch(/ 1$/);
  });

  it('tells of the pool, the schema, the caches, the event loop and the process', async () => {
    const names = new Set((await lines()).map(nameOf));
    for (const name of [
      ...['in_use', 'idle', 'waiting'].map((state) => `sluice_postgres_connections_${state}`),
      ...['applied', 'pending', 'failed'].map((state) => `sluice_schema_migrations{state="${state}"}`),
      ...['sluice_postgres_up', 'sluice_http_requests_running', 'sluice_cache_breaker_open'],
      ...['sluice_legacy_migration_tables{state="verified"}', 'sluice_cache_hits_total{namespace="hist",tier="1"}'],
      ...['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes', 'process_cpu_seconds_total'],
    ])
      expect(names).toContain(name);
    const all = await lines();
    expect(all).toEqual(
      expect.arrayContaining(['sluice_postgres_up 1', 'sluice_schema_migrations{state="pending"} 0']),
    );
    expect(new Set(all.map(nameOf)).size).toBe(all.length);
  });

  it('counts a caller that goes away while its body is read, and then nothing runs any more', async () => {
    const { hostname, port, host } = new URL(api.url);
    const caller = connect(Number(port), hostname);
    const head = ['POST /v1/llm-costs/requests HTTP/1.1', `Host: ${host}`, 'Content-Type: application/json'];
    caller.write([...head, 'Content-Length: 1000', '', '{'].join('\r\n'));
    await once(caller, 'connect');
    const running = async (): Promise<string | undefined> =>
      (await lines()).find((line) => line.startsWith('sluice_http_requests_running '));
    await until(async () => (await running())?.endsWith(' 2')); // This very request is the other one.
    caller.destroy();
    await until(async () => (await running())?.endsWith(' 1'));
    expect(await counted('method="POST",route="/v1/llm-costs/requests",status="cut"')).toMatch(/ 1$/);
  });

  it('makes no new line of 1,000 odd paths', async () => {
    await api.get('/v1/odd/x');
    await api.get('/v1/admin/caches/odd');
    await api.get('/v1/admin/caches/odd/entries/odd');
    await fetch(`${api.url}/odd`, { method: 'PROPFIND' });
    const linesOf = async (metric: string): Promise<number> =>
      (await lines()).filter((line) => line.startsWith(`sluice_cache_${metric}{`)).length;
    // There from the first time on that each cache has looked for what it did not hear. Its own line is there as well then.
    await until(async () => (await linesOf('invalidation_lag_seconds')) >= (await linesOf('invalidations_total')));
    const before = (await lines()).map(nameOf);
    for (let i = 0; i < 1_000; i += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, j) => {
          const odd = `odd-${i + j}%0a%22`;
          const [path = ''] = [
            `/v1/${odd}/x`,
            `/v1/admin/caches/${odd}`,
            `/v1/admin/caches/odd/entries/${odd}`,
            `/${odd}`,
          ].slice(j % 4);
          return fetch(`${api.url}${path}`, { method: j % 4 === 3 ? 'PROPFIND' : 'GET' });
        }),
      );
    expect((await lines()).map(nameOf).sort()).toEqual(before.sort());
  });

  it('names the caller and the trace of each request in the log, and nothing that is no trace', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await api.get('/v1/nothing', { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'x-request-id': 'with' });
    await api.get('/v1/nothing', { traceparent: 'hunter2', 'x-request-id': 'without' });
    const { stderr } = await api.stop();
    const answered = stderr
      .split('\n')
      .filter((line) => line.includes('"answered"'))
      .map((line) => JSON.parse(line));
    expect(answered.find(({ requestId }) => requestId === 'with')).toMatchObject({
      traceId,
      status: 404,
      method: 'GET',
    });
    expect(answered.find(({ requestId }) => requestId === 'without')).not.toHaveProperty('traceId');
    expect(stderr).not.toContain('hunter2');
    api = await ApiProcess.start({ DATABASE_URL: database.url, API_AUTH: 'loopback' });
  });
});
