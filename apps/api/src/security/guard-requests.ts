import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemFilter } from '../problem.filter';
import type { Gate } from './gate';

/** Asks the gate before a body is read, on paths without a route as well. To be added after what adds headers. */
export function guardRequests(app: NestFastifyApplication, gate: Gate, problems: ProblemFilter): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const refuse = (error: unknown): void => problems.answer(error, request, reply);
    let admitting: Promise<void> | null;
    try {
      admitting = gate.admit(request, reply);
    } catch (error) {
      refuse(error);
      return;
    }
    if (admitting === null) done();
    else admitting.then(done, refuse);
  });
}
