import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadSettings } from '@sluice/config';
import { Log } from '../log';
import { ProblemFilter } from '../problem.filter';
import { refuseUnfit } from './refuse-unfit';
import { serverOptions } from './server-options';

@Controller()
class Fine {
  @Get(['fine', 'v1/top-picks'])
  fine(): string {
    return 'fine';
  }
}

@Module({ controllers: [Fine] })
class Server {}

describe('a request that Node would refuse by itself', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const adapter = new FastifyAdapter(serverOptions(loadSettings({}).http));
    app = await NestFactory.create<NestFastifyApplication>(Server, adapter, { logger: false });
    refuseUnfit(app, new ProblemFilter(new Log({ level: 'error', json: true }, () => undefined)));
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  /** Everything that comes back until the server hangs up. */
  const send = (head: string): Promise<string> => {
    const client = connect((app.getHttpServer().address() as AddressInfo).port, '127.0.0.1');
    client.write(`${head}\r\n\r\n`);
    return text(client);
  };
  const LAST = 'Host: a\r\nConnection: close';

  it('is answered with problem details where it names no host', async () => {
    const answer = await send('GET /fine HTTP/1.1');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toMatch(/content-type: application\/problem\+json[^]*"code":"HTTP_BAD_REQUEST"/);
  });

  it('is answered with problem details where it expects what nobody does', async () => {
    const answer = await send('GET /fine HTTP/1.1\r\nHost: a\r\nExpect: a-wonder');
    expect(answer).toMatch(/^HTTP\/1\.1 417 Expectation Failed\r\n/);
    expect(answer).toMatch(/content-type: application\/problem\+json[^]*"code":"HTTP_EXPECTATION_FAILED"/);
  });

  it('is answered in the legacy shape on a legacy path', async () => {
    expect(await send('GET /v1/top-picks HTTP/1.1')).toMatch(/400[^]*{"detail":"Bad Request"}$/);
  });

  it.each([
    ['without a host in HTTP/1.0', 'GET /fine HTTP/1.0'],
    ['with a host', `GET /fine HTTP/1.1\r\n${LAST}`],
    ['of who waits for leave to go on', `GET /fine HTTP/1.1\r\nExpect: 100-continue\r\n${LAST}`],
  ])('is no request %s', async (_what, head) => {
    expect(await send(head)).toMatch(/HTTP\/1\.1 200 OK[^]*fine$/);
  });
});
