import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tcpProxy, type TcpProxy } from './tcp-proxy';

let echo: Server;
let proxy: TcpProxy;
let client: Socket;

beforeEach(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await tcpProxy(`redis://127.0.0.1:${(echo.address() as AddressInfo).port}`);
  client = await connected();
});
afterEach(async () => {
  client.destroy();
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

function opened(): Socket {
  const socket = connect({ port: Number(new URL(proxy.url).port), host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  return socket;
}
async function connected(): Promise<Socket> {
  const socket = opened();
  await once(socket, 'connect');
  return socket;
}
/** Not `once`, which rejects at the reset that comes before. */
const closing = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));
async function said(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = await once(socket, 'data');
  return String(data);
}

it('passes both ways in clear weather', async () => {
  expect(await said(client, 'hello')).toBe('hello');
  expect(proxy.connections).toBe(1);
});

it('resets connections on drop and takes new ones after heal', async () => {
  await said(client, 'hello');
  const closed = closing(client);
  proxy.drop();
  await closed;
  await closing(opened());
  proxy.heal();
  client = await connected();
  expect(await said(client, 'again')).toBe('again');
});

it('holds everything back while it hangs and delivers it when healed', async () => {
  await said(client, 'hello');
  proxy.hang();
  const answer = said(client, 'late');
  const quick = new Promise((resolve) => setTimeout(resolve, 100, 'nothing yet'));
  expect(await Promise.race([answer, quick])).toBe('nothing yet');
  proxy.heal();
  expect(await answer).toBe('late');
});

it('delays when slow', async () => {
  await said(client, 'hello');
  proxy.slow(60);
  const start = performance.now();
  await said(client, 'slow');
  expect(performance.now() - start).toBeGreaterThan(110);
});

it('ends the way to the client on half-close', async () => {
  await said(client, 'hello');
  const ended = once(client, 'end');
  proxy.halfClose();
  await ended;
  expect(client.writable).toBe(true);
});
