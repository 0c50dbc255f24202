import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HttpMetrics, noTracing } from '@sluice/observability';
import { until } from '@sluice/testing';
import { Registry } from 'prom-client';
import { EndedAnswers } from './ended-answers';
import { Log } from './log';
import { observeRequests } from './observe-requests';

/** More than the system takes at once. */
const LARGE = 'a'.repeat(64 * 1024 * 1024);

@Controller()
class Large {
  @Get('large')
  large(): string {
    return LARGE;
  }
}

@Module({ controllers: [Large] })
class Server {}

describe('an answer of one piece', () => {
  const lines: string[] = [];
  const registry = new Registry();
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(Server, new FastifyAdapter(), { logger: false });
    const log = new Log({ level: 'info', json: true }, (line) => lines.push(line));
    const http = new HttpMetrics(registry);
    observeRequests(app, { http, ended: new EndedAnswers(log, http), tracing: noTracing });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());
  beforeEach(() => void (lines.length = 0));

  const noted = async (): Promise<unknown> => {
    await until(() => lines.length > 0);
    return JSON.parse(lines[0] ?? '');
  };
  const ask = () => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    client.write('GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    return client;
  };

  it('was cut off where its caller leaves before the end of it', async () => {
    const client = ask();
    await once(client, 'readable');
    expect(lines).toEqual([]);
    client.destroy();
    expect(await noted()).toMatchObject({ message: 'cut off while answering', path: '/large', status: 200 });
    expect(await registry.metrics()).toContain('_count{method="GET",route="/large",status="cut"} 1');
  });

  it('was cut off, too, where it waited for another one on a connection that went', async () => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    client.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3));
    await once(client, 'readable');
    client.destroy();
    await until(() => lines.join('').match(/cut off while answering/g)?.length === 3);
    expect(await registry.metrics()).toContain('sluice_http_requests_running 0');
  });

  it('was answered where its caller leaves behind it', async () => {
    const client = ask().resume();
    await once(client, 'close');
    expect(client.bytesRead).toBeGreaterThan(LARGE.length);
    expect(await noted()).toMatchObject({ message: 'answered', path: '/large', status: 200 });
    expect(await registry.metrics()).toContain('_count{method="GET",route="/large",status="2xx"} 1');
  });
});
