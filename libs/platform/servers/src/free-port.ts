import { createServer } from 'node:net';

/** Below what systems hand out for outgoing connections, any of which could take the port before it is used. */
const PORTS = { first: 10_000, end: 32_768 };

/**
 * A TCP port of 127.0.0.1 that nobody listened on a moment ago. Somebody else may take it before it is used, so whoever
 * asks for a port must be ready to ask again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * (PORTS.end - PORTS.first));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
