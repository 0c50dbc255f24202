import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureRedisProgram, startDockerRedis } from './redis-program';
import { tempDir, type TempDir } from './temp-dir';

const realPath = process.env.PATH;
let bin: TempDir;

beforeEach(async () => {
  bin = await tempDir();
  process.env.PATH = bin.path; // A machine that has nothing but what a test puts there.
});
afterEach(async () => {
  process.env.PATH = realPath;
  await bin.remove();
});

const place = (name: string) => path.join(bin.path, name);
function program(name: string, script: string): void {
  writeFileSync(place(name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  chmodSync(place(name), 0o755);
}

it('takes a server that is there without installing anything', async () => {
  program('valkey-server', '');
  program('apt-get', `touch ${place('called')}`);
  await ensureRedisProgram([], true);
  expect(existsSync(place('called'))).toBe(false);
});

it('installs one on Debian as root, lists first, and keeps the service of the distribution from starting', async () => {
  program('apt-get', `echo "$1 $RUNLEVEL" >> ${place('calls')}; [ "$1" = update ] || cp "$0" ${place('redis-server')}`);
  await ensureRedisProgram([], true);
  expect(readFileSync(place('calls'), 'utf8')).toBe('update 1\ninstall 1\n');
});

it('fails with all that was tried where it may not install', async () => {
  await expect(ensureRedisProgram(['no Docker engine answers'], false)).rejects.toMatchObject({
    code: 'TESTING_NO_REDIS',
    message: expect.stringMatching(/no Docker engine answers; no redis-server .*; .*only on Debian as root/),
    remedy: expect.stringContaining('TEST_REDIS_URL'),
  });
});

it('says what apt-get said where the installation fails', async () => {
  program('apt-get', 'echo "no network" >&2; exit 100');
  await expect(ensureRedisProgram([], true)).rejects.toThrow(/no network/);
});

it('starts a container where an engine answers, on the port that it gives', async () => {
  program(
    'docker',
    `echo "$*" >> ${place('calls')}
     case "$1" in run) echo c0ffee;; port) echo 127.0.0.1:49153;; esac`,
  );
  const redis = await startDockerRedis();
  expect(redis?.url).toBe('redis://127.0.0.1:49153');
  await redis?.stop();
  expect(readFileSync(place('calls'), 'utf8')).toMatch(
    /^info\nrun .* redis:8 .*\nport c0ffee 6379\/tcp\nrm -f c0ffee\n$/,
  );
});

it('goes on to the next way where no engine answers', async () => {
  program('docker', 'exit 1');
  expect(await startDockerRedis()).toBeNull();
});
