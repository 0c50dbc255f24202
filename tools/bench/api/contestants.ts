import 'reflect-metadata';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { Controller, Get, Module, Param, Query, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Postgres, type PrismaClient } from '@sluice/postgres';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, MaxLength, Max, Min } from 'class-validator';
import fastify from 'fastify';
import Redis from 'ioredis';

/** What a peer needs: the bytes that ours answers, and where its values are. */
interface Given {
  readonly bodyFile: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

class PicksQuery {
  @IsOptional()
  @IsString()
  @MaxLength(64)
  universe = 'nifty50';

  @IsOptional()
  @IsString()
  @MaxLength(64)
  mode = 'Intraday';

  @IsOptional()
  @Transform(({ value }) => Number(value))
  @IsInt()
  @Min(1)
  @Max(500)
  limit = 100;
}

/** The usual way: class-validator's pipe for each request, a value that is parsed, and an object that is serialised. */
function usual(handle: (query: PicksQuery, id: string) => unknown): Promise<NestFastifyApplication> {
  @Controller()
  class UsualController {
    @Get('value')
    value(@Query() query: PicksQuery): unknown {
      return handle(query, '');
    }

    @Get('rows/:id')
    row(@Param('id') id: string, @Query() query: PicksQuery): unknown {
      return handle(query, id);
    }
  }

  @Module({ controllers: [UsualController] })
  class UsualModule {}

  return NestFactory.create<NestFastifyApplication>(UsualModule, new FastifyAdapter(), { logger: false }).then(
    (app) => {
      app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
      return app;
    },
  );
}

async function listening(app: NestFastifyApplication): Promise<number> {
  await app.listen(0, '127.0.0.1');
  return Number(new URL(await app.getUrl()).port);
}

/** `findFirst`, as everybody writes it; int8 becomes a number so that JSON can hold it. */
async function prismaRow(prisma: PrismaClient, runId: string): Promise<unknown> {
  const run = await prisma.topPicksRun.findFirst({ where: { runId }, orderBy: { id: 'asc' } });
  return (
    run &&
    JSON.parse(JSON.stringify(run, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)))
  );
}

/** Each starts a server and answers its port. All of them are given the same work as the route of ours they stand beside. */
export const peers: Readonly<Record<string, (given: Given) => Promise<number>>> = {
  'node:http': ({ bodyFile }) => {
    const body = readFileSync(bodyFile);
    const server = createServer((_request, reply) => {
      reply
        .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
        .end(body);
    });
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
  },
  'bare Fastify': async ({ bodyFile }) => {
    const body = readFileSync(bodyFile);
    const server = fastify();
    server.get('/*', (_request, reply) => reply.type('application/json; charset=utf-8').send(body));
    return Number(new URL(await server.listen({ port: 0, host: '127.0.0.1' })).port);
  },
  'Nest, ValidationPipe, object': async ({ bodyFile }) => {
    const value: unknown = JSON.parse(readFileSync(bodyFile, 'utf8'));
    return listening(await usual(() => value));
  },
  'Nest, ValidationPipe, Redis, parsed': async ({ redisUrl }) => {
    const redis = new Redis(redisUrl);
    return listening(await usual(async () => JSON.parse((await redis.get('bench:body')) ?? 'null') as unknown));
  },
  'Nest, ValidationPipe, Prisma findFirst': async ({ databaseUrl }) => {
    const postgres = new Postgres({ url: databaseUrl });
    return listening(await usual((_query, id) => postgres.run((prisma) => prismaRow(prisma, id))));
  },
};
