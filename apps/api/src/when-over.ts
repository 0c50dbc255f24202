import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Calls once when an answer is over: written, or its connection gone. Node says nothing to an answer that waits for another one on
 * its connection (pipelining) when that connection goes.
 */
export function whenOver({ socket }: IncomingMessage, response: ServerResponse, call: () => void): void {
  if (response.socket !== null) {
    response.once('close', call);
    return;
  }
  const queue = queueOf(socket);
  queue.add(call);
  response.once('close', () => {
    if (queue.delete(call)) call();
  });
}

/** What waits on a connection: one listener for all of them, however many a client sends at once. */
const queues = new WeakMap<Socket, Set<() => void>>();

function queueOf(socket: Socket): Set<() => void> {
  const known = queues.get(socket);
  if (known) return known;
  const queue = new Set<() => void>();
  queues.set(socket, queue);
  socket.once('close', () => {
    const calls = [...queue];
    queue.clear();
    for (const call of calls) call();
  });
  return queue;
}

/** At the end of an answer. One whose connection broke is finished, too, for Node: nothing more can be written to it. */
export const isCutOff = ({ socket }: IncomingMessage, { writableFinished }: ServerResponse): boolean =>
  !writableFinished || socket.destroyed;
