import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline, Transform } from 'node:stream';

/** What the proxy does to traffic from now on. */
type Weather =
  { readonly kind: 'clear' } | { readonly kind: 'hang' } | { readonly kind: 'slow'; readonly delayMs: number };

export interface TcpProxy {
  /** The target's address through the proxy. */
  readonly url: string;
  /** Connections open now. */
  readonly connections: number;
  /** Resets all connections; new ones are refused at once until `heal`. */
  drop(): void;
  /** Everything stays open and nothing passes, both ways, also on new connections, until `heal`. */
  hang(): void;
  /** Sends FIN to the clients on all connections, while what they still send is taken and passed on. */
  halfClose(): void;
  /** Each piece of data waits that long, both ways. */
  slow(delayMs: number): void;
  /** Traffic passes again; what hung arrives. */
  heal(): void;
  close(): Promise<void>;
}

const DEFAULT_PORTS: Record<string, number> = { 'redis:': 6379, 'postgresql:': 5432, 'postgres:': 5432 };

/** A TCP proxy in front of a server, with faults on demand. */
export async function tcpProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl);
  const port = Number(target.port || DEFAULT_PORTS[target.protocol]);
  const clients = new Set<Socket>();
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];
  let weather: Weather = { kind: 'clear' };
  let refusing = false;

  const through = () =>
    new Transform({
      transform(chunk, _encoding, done) {
        const pass = () => done(null, chunk);
        if (weather.kind === 'hang') held.push(pass);
        else if (weather.kind === 'slow') setTimeout(pass, weather.delayMs);
        else pass();
      },
    });
  const join = (from: Socket, to: Socket) =>
    pipeline(from, through(), to, (error) => {
      if (error) for (const socket of [from, to]) socket.destroy();
    });
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => client.destroy());
    if (refusing) return void client.resetAndDestroy();
    const upstream = connect({ port, host: target.hostname, allowHalfOpen: true });
    clients.add(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket) && clients.delete(socket));
    }
    join(client, upstream);
    join(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The kernel refuses to reset a socket whose end is on its way, and Node would then never close it.
  const reset = () => sockets.forEach((socket) => (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy()));
  const own = new URL(targetUrl);
  own.hostname = '127.0.0.1';
  own.port = String((server.address() as AddressInfo).port);

  return {
    url: own.href,
    get connections() {
      return clients.size;
    },
    drop: () => {
      refusing = true;
      reset();
    },
    hang: () => void (weather = { kind: 'hang' }),
    halfClose: () => clients.forEach((client) => client.end()),
    slow: (delayMs) => void (weather = { kind: 'slow', delayMs }),
    heal: () => {
      refusing = false;
      weather = { kind: 'clear' };
      for (const pass of held.splice(0)) pass();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
