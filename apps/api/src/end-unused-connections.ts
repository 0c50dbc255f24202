import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How often connections that got unused are looked for. */
const LOOK_MS = 100;

/**
 * Ends connections that carry no request while a server closes; gives the function that begins it, which gives the one that
 * ends it. Node ends them once, when the close begins: one whose request is answered later stays open until its client
 * leaves, and so does one that nothing was ever sent on, which Node takes for a request that has begun (browsers and
 * balancers open such in advance). Each of them would keep the process until the deadline.
 */
export function endUnusedConnections(server: Server): () => () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  sparesWhoReads(server, open);
  const end = (): void => {
    server.closeIdleConnections();
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  };
  return () => {
    const looking = setInterval(end, LOOK_MS);
    return () => clearInterval(looking);
  };
}

/**
 * Node takes a connection for idle once the last of its answer was handed over, though the client has not read it all: whoever
 * reads slowly would get half of it. Node asks by this method as well, when a close begins.
 */
function sparesWhoReads(server: Server, open: ReadonlySet<Socket>): void {
  const endIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    const reading = [...open].filter(({ writableLength }) => writableLength > 0);
    for (const socket of reading) socket.destroy = () => socket;
    endIdle();
    for (const socket of reading) Reflect.deleteProperty(socket, 'destroy');
  };
}
