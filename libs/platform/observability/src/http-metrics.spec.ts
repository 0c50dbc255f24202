import { Registry } from 'prom-client';
import { HttpMetrics } from './http-metrics';

const aRequest = { method: 'GET', route: '/v1/runs/:id', status: 200, isCut: false, ms: 4 };

async function lines(registry: Registry): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

function metrics(): { registry: Registry; http: HttpMetrics } {
  const registry = new Registry();
  return { registry, http: new HttpMetrics(registry) };
}

it('counts requests by route, method and class of the status, with their duration', async () => {
  const { registry, http } = metrics();
  for (const status of [200, 204, 404, 503]) {
    http.begun();
    http.ended({ ...aRequest, status });
  }
  http.begun();
  http.begun();
  http.ended({ ...aRequest, isCut: true });
  http.begun();
  http.ended({ ...aRequest, status: null, isCut: true });
  const duration = 'sluice_http_request_duration_seconds';
  const of = (status: string): string => `method="GET",route="/v1/runs/:id",status="${status}"`;
  expect(await lines(registry)).toEqual(
    expect.arrayContaining([
      `${duration}_count{${of('2xx')}} 2`,
      `${duration}_count{${of('4xx')}} 1`,
      `${duration}_count{${of('5xx')}} 1`,
      `${duration}_count{${of('cut')}} 2`,
      `${duration}_bucket{le="0.0025",${of('2xx')}} 0`,
      `${duration}_bucket{le="0.005",${of('2xx')}} 2`,
      'sluice_http_requests_running 1',
    ]),
  );
});

it('makes no new lines of 1,000 odd paths and methods', async () => {
  const { registry, http } = metrics();
  http.ended({ ...aRequest, route: undefined, status: 404 });
  http.ended({ ...aRequest, route: undefined, status: 404, method: 'BREW' });
  const before = (await lines(registry)).length;
  for (let i = 0; i < 1_000; i++) {
    http.ended({ ...aRequest, route: undefined, status: 404, method: i % 2 ? `M${i}` : 'GET' });
  }
  expect((await lines(registry)).length).toBe(before);
});
