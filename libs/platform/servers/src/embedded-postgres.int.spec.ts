import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres';

const root = path.resolve(__dirname, '../../../..');
let dir: string;
let server: EmbeddedPostgres | undefined;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'sluice-servers-'));
  chmodSync(dir, 0o711); // Run as root, PostgreSQL has an account of its own.
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
});

const start = (options: { settings?: Record<string, string> } = {}) =>
  startEmbeddedPostgres({ dataDir: path.join(dir, 'pg'), database: 'it "s', settings: { fsync: 'off' }, ...options });

async function select(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

function withoutPassword(url: string): string {
  const bare = new URL(url);
  bare.password = 'guess';
  return bare.href;
}

/** Another program that starts the same folder's server, says its process id, and then waits. */
async function startElsewhere(): Promise<{ owner: ChildProcess; serverPid: number }> {
  const script = `require('./tools/swc-register.cjs');
    const { startEmbeddedPostgres } = require('@sluice/servers');
    startEmbeddedPostgres({ dataDir: process.argv[1], database: 'other', settings: { fsync: 'off' } })
      .then((server) => { console.log(server.pid); setInterval(() => 0, 1000); });`;
  const owner = spawn(process.execPath, ['-e', script, path.join(dir, 'pg')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = await once(owner.stdout!, 'data');
  return { owner, serverPid: Number(String(pid)) };
}

/** Not `until` of @sluice/testing, which itself needs this library. */
async function waitUntilGone(pid: number): Promise<void> {
  const deadline = performance.now() + 90_000;
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    if (performance.now() > deadline) throw new Error(`Process ${pid} is still there.`);
    await delay(50);
  }
}

it('serves with a random password that only its owner can read', async () => {
  server = await start();
  expect(await select(server.url, 'SELECT current_database()')).toBe('it "s');
  await expect(select(withoutPassword(server.url), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  const file = path.join(dir, 'pg.password');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(server.url).toContain(readFileSync(file, 'utf8').trim());
});

it('keeps rows and password from one start to the next', async () => {
  server = await start();
  await select(server.url, 'CREATE TABLE kept AS SELECT 7 AS n');
  await server.stop();
  expect(server.pid).toBeNull();
  server = await start();
  expect(await select(server.url, 'SELECT n FROM kept')).toBe(7);
});

it('knows upper case of all letters and listens only on this machine', async () => {
  server = await start();
  expect(await select(server.url, `SELECT upper('élan')`)).toBe('ÉLAN');
  expect(await select(server.url, 'SHOW listen_addresses')).toBe('127.0.0.1');
  expect(await select(server.url, 'SHOW unix_socket_directories')).toBe('');
});

it('refuses a folder on which another program runs a server', async () => {
  const { owner, serverPid } = await startElsewhere();
  await expect(start()).rejects.toMatchObject({ code: 'SERVERS_DATA_DIR_IN_USE', holderPid: serverPid });
  owner.kill('SIGTERM');
  await waitUntilGone(serverPid);
});

it('lets one of two starts at once win and refuses the other', async () => {
  const results = await Promise.allSettled([start(), start()]);
  const [won, lost] = results[0].status === 'fulfilled' ? results : [results[1], results[0]];
  server = (won as PromiseFulfilledResult<EmbeddedPostgres>).value;
  expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'SERVERS_DATA_DIR_IN_USE' } });
  expect(await select(server.url, 'SELECT 1')).toBe(1);
});

it('stops with its owner, even when that is killed, and starts again after it', async () => {
  const { owner, serverPid } = await startElsewhere();
  owner.kill('SIGKILL');
  await waitUntilGone(serverPid);
  server = await start();
  expect(await select(server.url, 'SELECT 1')).toBe(1);
});

it('starts over a stale postmaster.pid whose process id belongs to another program by now', async () => {
  server = await start();
  await server.kill();
  const file = path.join(dir, 'pg/postmaster.pid');
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [String(process.pid), ...rest].join('\n'));
  server = await start();
  expect(await select(server.url, 'SELECT 1')).toBe(1);
});

it('shows the end of the log where the server does not start', async () => {
  await expect(start({ settings: { work_mem: 'lots' } })).rejects.toMatchObject({
    code: 'SERVERS_START_FAILED',
    message: expect.stringContaining('invalid value for parameter "work_mem": "lots"'),
  });
});
