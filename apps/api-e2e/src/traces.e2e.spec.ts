import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freshDatabase, freshRedis, type FreshDatabase, type FreshRedis } from '@sluice/testing';
import { ApiProcess } from './api-process';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const callerSpan = '00f067aa0ba902b7';

interface Sent {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** Takes what a collector of OpenTelemetry takes. */
async function startCollector(): Promise<{ server: Server; spans: Sent[]; texts: string[]; url: string }> {
  const spans: Sent[] = [];
  const texts: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      texts.push(text);
      for (const { scopeSpans } of JSON.parse(text).resourceSpans)
        for (const scope of scopeSpans) spans.push(...scope.spans);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, spans, texts, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('traces', () => {
  let database: FreshDatabase;
  let redis: FreshRedis;

  beforeAll(async () => {
    [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
  });
  afterAll(async () => {
    await Promise.all([database.drop(), redis.flush()]);
  });

  it("show a request below its caller, and what it asked PostgreSQL and Redis below it, without anybody's values", async () => {
    const { server, spans, texts, url } = await startCollector();
    const api = await ApiProcess.start({
      ...{ DATABASE_URL: database.url, REDIS_URL: redis.url, API_AUTH: 'loopback' },
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
    });
    try {
      const traceparent = `00-${traceId}-${callerSpan}-01`;
      await api.get('/v1/cache/redis/top-picks?universe=nifty50&mode=Intraday', { traceparent });
      await api.get('/v1/performance/alpha/dataset?symbol=hunter2', { traceparent });
    } finally {
      await api.stop();
      server.close();
    }
    const ours = spans.filter((span) => span.traceId === traceId);
    const request = ours.find(({ name }) => name === 'GET /v1/cache/redis/top-picks');
    expect(request?.parentSpanId).toBe(callerSpan);
    const below = (span: Sent | undefined): string[] =>
      ours.filter(({ parentSpanId }) => parentSpanId === span?.spanId).map(({ name }) => name);
    expect(below(request)).toEqual(expect.arrayContaining(['cache read', 'SELECT top_picks_runs']));
    const dataset = ours.find(({ name }) => name === 'GET /v1/performance/alpha/dataset');
    expect(below(dataset)).toContain('SELECT ai_recommendations');
    expect(texts.join()).not.toContain('hunter2');
  });

  it('are lost without a collector, which is said once, and requests are answered', async () => {
    const api = await ApiProcess.start({
      ...{ DATABASE_URL: database.url, API_AUTH: 'loopback' },
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    });
    expect((await api.get('/v1/performance/alpha/dataset')).status).toBe(200);
    const { code, stderr } = await api.stop();
    expect([code, stderr.split('the collector takes no traces').length - 1]).toEqual([0, 1]);
  });
});
