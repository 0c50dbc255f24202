import { createServer, type AddressInfo } from 'node:net';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findRedisServer, startLocalRedis, type LocalRedis } from '@sluice/servers';
import { ensureRedisProgram } from './redis-program';

let dir: string;
let server: LocalRedis | undefined;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'sluice-redis-'));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(dir, { recursive: true, force: true });
});

function program(name: string, mode: number): void {
  writeFileSync(path.join(dir, name), '#!/bin/sh\n');
  chmodSync(path.join(dir, name), mode);
}

it('finds a program on the given path first and passes over what cannot be run', () => {
  program('redis-server', 0o755);
  expect(findRedisServer(dir)).toBe(path.join(dir, 'redis-server'));
});

it('starts on a free port and is gone after stop', async () => {
  server = await startLocalRedis(await ensureRedisProgram(), { dataDir: dir });
  const { pid } = server;
  expect(server.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
  await server.stop();
  expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
});

it('says why it does not start', async () => {
  const settings = { maxmemory: 'lots' };
  await expect(startLocalRedis(await ensureRedisProgram(), { dataDir: dir, settings })).rejects.toMatchObject({
    code: 'SERVERS_START_FAILED',
    message: expect.stringContaining('maxmemory'),
  });
});

it('refuses a port that another program listens on', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(startLocalRedis(await ensureRedisProgram(), { dataDir: dir, port })).rejects.toMatchObject({
    code: 'SERVERS_START_FAILED',
  });
  other.close();
});
