import 'reflect-metadata';
import {
  type ArgumentsHost,
  Catch,
  type DynamicModule,
  type ExceptionFilter,
  HttpException,
  type Provider,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError, type ErrorKind } from '@sluice/core';
import { Postgres, PostgresModule } from '@sluice/postgres';
import { freshDatabase } from '@sluice/testing';
import type { FastifyReply } from 'fastify';
import { ChangePolicy } from '../change-guard';

export interface RouteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // The shape is what a test is about, so each test looks into it by itself.
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface RunningRoutes {
  readonly postgres: Postgres;
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<RouteAnswer>;
  close(): Promise<void>;
}

const STATUS: Partial<Record<ErrorKind, number>> = {
  ...{ usage: 400, invalid: 422, forbidden: 403, 'not-found': 404, conflict: 409, outdated: 412, unavailable: 503 },
};

/** The code of an expected failure; what nobody expected is a 500 with its message, so that a test shows it. */
@Catch()
class CodeFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const code = error instanceof DomainError ? error.code : String(error);
    const status =
      error instanceof HttpException ? error.getStatus() : error instanceof DomainError ? STATUS[error.kind] : 500;
    void reply.status(status ?? 500).send({ code });
  }
}

/** Controllers with their providers over HTTP, on a database of their own; everybody may change. */
export async function startRoutes(parts: { controllers: Type[]; providers: Provider[] }): Promise<RunningRoutes> {
  const database = await freshDatabase();
  const module: DynamicModule = {
    module: class Routes {},
    imports: [PostgresModule.forRoot({ url: database.url })],
    controllers: parts.controllers,
    providers: [...parts.providers, { provide: ChangePolicy, useValue: { assertAllowed: () => undefined } }],
  };
  const options = { logger: false, abortOnError: false } as const;
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), options);
  app.useGlobalFilters(new CodeFilter());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    postgres: app.get(Postgres),
    ask: async (method, url, body, headers = {}) => {
      const isText = typeof body === 'string';
      const answer = await app.inject({
        ...{ method, url },
        ...(body === undefined ? {} : { payload: isText ? body : JSON.stringify(body) }),
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body ? JSON.parse(answer.body) : null };
    },
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}
