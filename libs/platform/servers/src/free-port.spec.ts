import { createServer, type AddressInfo, type Server } from 'node:net';
import { freePort } from './free-port';

const taken: Server[] = [];
afterEach(() => {
  jest.restoreAllMocks();
  for (const server of taken.splice(0)) server.close();
});

const listen = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    taken.push(server);
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

it('gives a port that can be listened on, and that no outgoing connection is given', async () => {
  const port = await freePort();
  expect(port).toBeLessThan(32_768);
  await expect(listen(port)).resolves.toBe(port);
});

it('passes over a port that somebody listens on', async () => {
  const first = await freePort();
  await listen(first);
  const random = jest.spyOn(Math, 'random').mockReturnValueOnce((first - 10_000 + 0.5) / 22_768);
  expect(await freePort()).not.toBe(first);
  expect(random.mock.calls.length).toBeGreaterThan(1);
});
