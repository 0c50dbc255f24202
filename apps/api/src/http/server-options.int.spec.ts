import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { loadSettings } from '@sluice/config';
import { limitConnections, serverOptions } from './server-options';

describe('a server with these limits', () => {
  let server: FastifyInstance;
  let port: number;

  beforeAll(async () => {
    const { http } = loadSettings({ API_REQUEST_TIMEOUT_MS: '1000', API_BODY_LIMIT_BYTES: '1024' });
    server = Fastify(serverOptions(http));
    server.post('/', async () => 'fine');
    server.get('/address', async ({ ip }) => ip);
    await server.listen({ port: 0 });
    port = Number(new URL(server.listeningOrigin).port);
  });
  afterAll(() => server.close());

  /** Sends bytes as they are, and resolves with everything that comes back until the server hangs up. */
  const send = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('close', () => resolve(answer)).on('error', reject);
    });

  it('cuts off who takes too long to send headers or a body', async () => {
    const slow = [
      'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nabc',
    ];
    const answers = await Promise.all(slow.map(send));
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
      expect(answer).toContain('application/problem+json');
    }
  });

  it('refuses what is no HTTP, and headers that are too large, with problem details', async () => {
    expect(await send('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*"code":"HTTP_BAD_REQUEST"/);
    expect(await send('hello\r\n\r\n')).toMatch(/X-Request-Id: ([0-9a-f-]{36})\r\n[^]*"requestId":"\1"/);
    const large = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`;
    expect(await send(large)).toMatch(/^HTTP\/1\.1 431 [^]*"code":"HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE"/);
  });

  it('refuses a body above the limit', async () => {
    const inject = (length: number) =>
      server.inject({ method: 'POST', url: '/', headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(length) });
    expect([(await inject(1_024)).statusCode, (await inject(1_025)).statusCode]).toEqual([200, 413]);
  });

  it('believes X-Forwarded-For from no proxy that was not named', async () => {
    const asked = { method: 'GET', url: '/address', headers: { 'x-forwarded-for': '10.0.0.7' } } as const;
    expect((await server.inject(asked)).body).toBe('127.0.0.1');
    const trusting = Fastify(serverOptions(loadSettings({ API_TRUSTED_PROXIES: '127.0.0.0/8' }).http));
    trusting.get('/address', async ({ ip }) => ip);
    expect((await trusting.inject(asked)).body).toBe('10.0.0.7');
    await trusting.close();
  });

  it('cuts off who takes nothing of its answer', async () => {
    const patient = Fastify(serverOptions(loadSettings({}).http, 300));
    patient.get('/', async () => 'x'.repeat(100_000_000));
    await patient.listen({ port: 0 });
    const reader = connect(Number(new URL(patient.listeningOrigin).port), '127.0.0.1');
    reader.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const [socket] = (await once(patient.server, 'connection')) as [Socket];
    await once(socket, 'close'); // Nobody has read anything.
    let taken = 0;
    reader.on('data', (chunk) => (taken += chunk.length));
    await new Promise((resolve) => reader.on('error', () => undefined).once('close', resolve));
    expect(taken).toBeLessThan(100_000_000);
    await patient.close();
  });

  it('closes another connection than it keeps at most, and says so', async () => {
    const said: unknown[] = [];
    const { http } = loadSettings({ API_MAX_CONNECTIONS: '1' });
    const small = Fastify(serverOptions(http));
    limitConnections(small.server, http, { event: (...event) => said.push(event) });
    await small.listen({ port: 0 });
    const to = Number(new URL(small.listeningOrigin).port);
    const first = connect(to, '127.0.0.1');
    await once(small.server, 'connection');
    for (let i = 0; i < 2; i++) await once(connect(to, '127.0.0.1').resume(), 'close');
    expect(said).toEqual([['warn', 'connections are refused', { refused: 1, maxConnections: 1 }]]);
    expect(first.destroyed).toBe(false);
    first.destroy();
    await small.close();
  });
});
