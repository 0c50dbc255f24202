import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HotRoutes } from '@sluice/trading-feature';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemFilter } from './problem.filter';

type AskedRequest = FastifyRequest<{ Querystring: Record<string, unknown>; Params: Record<string, unknown> }>;

/** To be called behind the gate: who may not ask has been refused by then. */
export function serveHotRoutes(app: NestFastifyApplication, routes: HotRoutes, problems: ProblemFilter): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request: AskedRequest, reply: FastifyReply, done: (error?: Error) => void) => {
      const answering = request.method === 'GET' ? routes.answer(request.routeOptions.url, request) : null;
      if (answering === null) return done();
      answering
        .then(
          (answer) => {
            if (answer === null) done();
            else void reply.headers(answer.headers).type('application/json; charset=utf-8').send(answer.body);
          },
          (error: unknown) => problems.answer(error, request, reply),
        )
        .catch(done);
    });
}
