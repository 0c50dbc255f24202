import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { endUnusedConnections } from './end-unused-connections';

describe('while a server closes', () => {
  const sockets: Socket[] = [];
  let server: Server;
  let answer: (body: string | Buffer) => void;
  let begin: () => () => void;

  beforeEach(async () => {
    server = createServer((_request, response) => (answer = (body) => void response.end(body)));
    server.keepAliveTimeout = 600_000;
    begin = endUnusedConnections(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
  });

  const port = (): number => (server.address() as AddressInfo).port;

  /** Resolves when no connection is left. */
  const closed = async (): Promise<void> => {
    const stop = begin();
    await new Promise((resolve) => server.close(resolve));
    stop();
  };

  it('ends a connection that nothing was sent on', async () => {
    const socket = connect(port(), '127.0.0.1');
    sockets.push(socket);
    await once(server, 'connection');
    const ended = once(socket, 'close');
    await closed();
    await ended;
  });

  it('ends one that would be kept for more once its request is answered, and not before', async () => {
    const agent = new Agent({ keepAlive: true });
    const asked = get({ port: port(), host: '127.0.0.1', agent });
    await once(server, 'request');
    const whole = closed();
    setTimeout(() => answer('done'), 350); // After the connection was looked at a few times.
    const [response] = await once(asked, 'response');
    expect(await text(response)).toBe('done');
    await whole;
    agent.destroy();
  });

  it('leaves one whose client has not read all of its answer, however slowly it reads', async () => {
    const large = 64 * 1024 * 1024; // More than the system takes at once.
    const asked = get({ port: port(), host: '127.0.0.1', agent: new Agent({ keepAlive: true }) });
    await once(server, 'request');
    answer(Buffer.alloc(large, ' '));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const whole = closed();
    await delay(350); // The connection was looked at a few times.
    expect(await text(response)).toHaveLength(large);
    await whole;
  });
});
