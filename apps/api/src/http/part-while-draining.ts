import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Lifecycle } from '../lifecycle';

type Done = (error: null, payload?: unknown) => void;

/**
 * Each answer of a process that is about to end is the last of its connection: whoever sent another request on it would find it
 * gone, and could not know whether a write was done.
 */
export function partWhileDraining(app: NestFastifyApplication, lifecycle: Pick<Lifecycle, 'isDraining'>): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (_request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) => {
      if (lifecycle.isDraining) void reply.header('connection', 'close');
      done(null, payload);
    });
}
