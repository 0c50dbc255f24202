import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { HttpMetrics } from '@sluice/observability';
import { until } from '@sluice/testing';
import { Registry } from 'prom-client';
import { EndedAnswers } from './ended-answers';
import { Log } from './log';
import { serveHeld } from './serve-held';

const HELD = {
  route: '/v1/runs/latest',
  path: '/v1/runs/latest',
  body: Buffer.from('{"name":"Größe"}'),
  headers: { 'x-cache-status': 'HIT' },
};

const linesOf = (written: readonly string[]): unknown[] =>
  written
    .join('')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);

describe('serveHeld', () => {
  const registry = new Registry();
  const lines: string[] = [];
  const found = { answer: HELD as typeof HELD | null, mayPass: true, isDraining: false, isLeft: false };
  const connections: Socket[] = [];
  let server: Server;

  beforeAll(async () => {
    const http = new HttpMetrics(registry);
    const usual = (_request: unknown, response: ServerResponse) => void response.end('the usual way');
    server = createServer({ requireHostHeader: false }, usual);
    serveHeld(server, {
      headers: { 'x-content-type-options': 'nosniff' },
      routes: {
        held: (target) => {
          if (found.isLeft) for (const one of connections) one.destroy();
          return target.startsWith(HELD.route) ? found.answer : null;
        },
      },
      gate: { admitRead: () => (found.mayPass ? { key: 'abc', headers: { ratelimit: 'r=1' } } : null) },
      lifecycle: found,
      observers: {
        http,
        ended: new EndedAnswers(new Log({ level: 'info', json: true }, (line) => lines.push(line)), http),
      },
    });
    server.on('connection', (socket) => connections.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    lines.length = 0;
    connections.length = 0;
    Object.assign(found, { answer: HELD, mayPass: true, isDraining: false, isLeft: false });
  });

  const send = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const { port } = server.address() as AddressInfo;
    const reply = await new Promise<IncomingMessage>((resolve, reject) =>
      request({ port, path, method, headers, agent: false }, resolve).on('error', reject).end(),
    );
    return { status: reply.statusCode, headers: reply.headers, body: await text(reply) };
  };

  it('answers what is held, with its headers, and notes it as any other answer', async () => {
    const { status, headers, body } = await send('/v1/runs/latest?mode=Swing', { 'x-request-id': 'mine' });
    expect([status, body]).toEqual([200, '{"name":"Größe"}']);
    expect(headers).toMatchObject({
      ...{ 'x-request-id': 'mine', 'x-cache-status': 'HIT', ratelimit: 'r=1', 'x-content-type-options': 'nosniff' },
      ...{ 'content-type': 'application/json; charset=utf-8', 'content-length': '18' },
    });
    await until(() => lines.length > 0);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      ...{ time: expect.any(String), level: 'info', message: 'answered', requestId: 'mine', method: 'GET' },
      ...{ path: '/v1/runs/latest', status: 200, key: 'abc', ms: expect.any(Number) },
    });
    expect(await registry.metrics()).toContain(
      'sluice_http_request_duration_seconds_count{method="GET",route="/v1/runs/latest",status="2xx"} 1',
    );
    expect(await registry.metrics()).toContain('sluice_http_requests_running 0');
  });

  it('notes each of several requests that came at once, in their order', async () => {
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    const asked = ['one', 'two', 'three'];
    client.end(asked.map((id) => `GET ${HELD.route} HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n\r\n`).join(''));
    expect((await text(client)).match(/HTTP\/1.1 200/g)).toHaveLength(3);
    await until(() => linesOf(lines).length === 3);
    expect(linesOf(lines)).toMatchObject(asked.map((requestId) => ({ message: 'answered', requestId })));
  });

  it('leaves to the usual way: a request that names no host', async () => {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write(`GET ${HELD.route} HTTP/1.1\r\nConnection: close\r\n\r\n`);
    expect(await text(client)).toContain('the usual way');
  });

  it('says of an answer that its caller did not wait for that it was cut off', async () => {
    found.answer = { ...HELD, body: Buffer.alloc(64 * 1024 * 1024, ' ') };
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    client.write(`GET ${HELD.route} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await once(client, 'readable');
    expect(lines).toEqual([]);
    expect(await registry.metrics()).toContain('sluice_http_requests_running 1');
    client.destroy();
    await until(() => lines.length > 0);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'cut off while answering', status: 200 });
    expect(await registry.metrics()).toContain('sluice_http_requests_running 0');
  });

  it('says of requests whose caller left in the turn in which they came that they were cut off, of each', async () => {
    const { port } = server.address() as AddressInfo;
    found.isLeft = true;
    const client = connect(port, '127.0.0.1').on('error', () => undefined);
    client.write(`GET ${HELD.route} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(2));
    await until(() => linesOf(lines).length === 2);
    const one = expect.objectContaining({ message: 'cut off while answering', path: HELD.route });
    expect(linesOf(lines)).toEqual([one, one]);
    expect(lines.join('')).not.toContain('status');
    expect(await registry.metrics()).toContain('sluice_http_requests_running 0');
  });

  it('says of each request that waited behind an answer which was cut off that it was, too', async () => {
    found.answer = { ...HELD, body: Buffer.alloc(64 * 1024 * 1024, ' ') };
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    client.write(`GET ${HELD.route} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(3));
    await once(client, 'readable');
    client.destroy();
    await until(async () => (await registry.metrics()).includes('sluice_http_requests_running 0'));
    expect(lines.join('').match(/cut off while answering/g)).toHaveLength(3);
  });

  it.each<[string, () => unknown]>([
    ['another route', () => send('/v1/runs')],
    ['another method', () => send(HELD.route, {}, 'PUT')],
    ['a page of another site', () => send(HELD.route, { origin: 'https://a.example' })],
    ['a trace', () => send(HELD.route, { traceparent: '00-1-2-01' })],
    ['a body', () => send(HELD.route, { 'content-length': '0' })],
    ['nothing that is held', () => ((found.answer = null), send(HELD.route))],
    ['somebody who may not read at once', () => ((found.mayPass = false), send(HELD.route))],
    ['a process that is about to end', () => ((found.isDraining = true), send(HELD.route))],
  ])('leaves to the usual way: %s', async (_what, ask) => {
    expect(await ask()).toMatchObject({ status: 200, body: 'the usual way' });
    expect(lines).toEqual([]);
  });
});
