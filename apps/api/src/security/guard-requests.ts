import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemFilter } from '../problem.filter';
import type { Gate } from './gate';

/** Asks the gate before a body is read, on paths without a route as well. To be added after what adds headers. */
export function guardRequests(app: NestFastifyApplication, gate: Gate, problems: ProblemFilter): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      await gate.admit(request, reply);
    } catch (error) {
      problems.answer(error, request, reply);
      return reply;
    }
  });
}
