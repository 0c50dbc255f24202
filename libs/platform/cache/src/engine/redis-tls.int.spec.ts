import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { RedisConnection } from '@sluice/redis';
import { freePort } from '@sluice/servers';
import { startRedis, tempDir, until, type OwnRedis, type TempDir } from '@sluice/testing';
import { aNode, closeAll } from './node.fixture';

let dir: TempDir;
let redis: OwnRedis;
let port: number;

/** A certificate that nobody but itself vouches for. */
function aCertificate(name: string, names: string): { key: string; cert: string } {
  const [key, cert] = [path.join(dir.path, `${name}.key`), path.join(dir.path, `${name}.pem`)];
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=sluice test'];
  const files = ['-keyout', key, '-out', cert, '-addext', `subjectAltName=${names}`];
  execFileSync('openssl', ['req', ...kind, ...files], { stdio: 'pipe' });
  return { key, cert };
}

beforeAll(async () => {
  dir = await tempDir();
  const { key, cert } = aCertificate('server', 'IP:127.0.0.1');
  aCertificate('other', 'IP:127.0.0.1');
  port = await freePort();
  const settings = { 'tls-port': port, 'tls-cert-file': cert, 'tls-key-file': key, 'tls-ca-cert-file': cert, 'tls-auth-clients': 'no', requirepass: 'p@ss' }; // prettier-ignore
  redis = await startRedis({ settings });
});
afterEach(closeAll);
afterAll(async () => {
  await redis.stop();
  await dir.remove();
});

const url = (ca?: string, host = '127.0.0.1') =>
  `rediss://:p%40ss@${host}:${port}/1${ca ? `?ca=${encodeURIComponent(path.join(dir.path, `${ca}.pem`))}` : ''}`;

it('reads, writes and hears the others over TLS, trusting the authority that the address names', async () => {
  const [one, other] = [await aNode(url('server')), await aNode(url('server'))];
  await one.quotes.set('a', 1);
  expect(await other.quotes.getMany(['a', 'b'])).toEqual([1, undefined]);
  expect(await other.quotes.getOrLoad('b', () => 2)).toBe(2);
  expect(await one.quotes.get('b')).toBe(2);
  await one.quotes.set('a', 3);
  await until(async () => (await other.quotes.get('a')) === 3);
});

it.each([
  ['nobody vouches for', () => url()],
  ['another authority vouches for', () => url('other')],
  ['is for another name', () => url('server', 'localhost')],
])('refuses a certificate that %s', async (_what, address) => {
  const opening = RedisConnection.open(address(), { connectMs: 5_000 });
  await expect(opening).rejects.toMatchObject({
    code: 'REDIS_UNAVAILABLE',
    message: expect.not.stringContaining('p@ss'),
  });
  await expect(opening).rejects.toThrow(/certificate|altnames/i);
});

it('speaks no TLS to a port that has none, and nothing else to one that has', async () => {
  const plain = new URL(redis.url).port;
  for (const address of [url('server').replace(String(port), plain), url().replace('rediss:', 'redis:')])
    await expect(RedisConnection.open(address)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
});
