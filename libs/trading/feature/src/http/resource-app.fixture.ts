import { type ArgumentsHost, type ExceptionFilter, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError, type ErrorKind } from '@sluice/core';
import { PostgresModule } from '@sluice/postgres/module';
import { freshDatabase } from '@sluice/testing';
import type { FastifyReply } from 'fastify';

const statusOf: Partial<Record<ErrorKind, number>> = {
  ...{ usage: 400, invalid: 422, 'not-found': 404, conflict: 409, outdated: 412, unavailable: 503 },
};

/** Answers a domain error with its code; the application's own filter is tested with the application. */
class CodeFilter implements ExceptionFilter {
  catch(error: Error & { statusCode?: number; status?: number }, host: ArgumentsHost): void {
    const known = error instanceof DomainError ? error : null;
    const status = known ? statusOf[known.kind] : (error.status ?? error.statusCode);
    const body = { code: known?.code ?? null, detail: error.message };
    void host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .status(status ?? 500)
      .send(body);
  }
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // The shape is what a test is about, so each test looks into it by itself.
  readonly body: ReturnType<typeof JSON.parse>;
}

/** Controllers over a database of their own, asked without a network. */
export class ResourceApp {
  private constructor(
    readonly databaseUrl: string,
    private readonly app: NestFastifyApplication,
    private readonly drop: () => Promise<void>,
  ) {}

  static async open(parts: {
    readonly controllers: readonly Type[];
    readonly providers: readonly Provider[];
  }): Promise<ResourceApp> {
    const database = await freshDatabase();
    class Parts {}
    const module = {
      module: Parts,
      imports: [PostgresModule.forRoot({ url: database.url })],
      controllers: [...parts.controllers],
      providers: [...parts.providers],
    };
    const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: ['error'] });
    app.useGlobalFilters(new CodeFilter());
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new ResourceApp(database.url, app, () => database.drop());
  }

  get<T>(type: Type<T> | (abstract new (...args: never[]) => T)): T {
    return this.app.get(type as Type<T>);
  }

  async ask(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const payload = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
    const answer = await this.app.inject({
      ...{ method, url },
      headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.body ? JSON.parse(answer.body) : null };
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.drop();
  }
}
