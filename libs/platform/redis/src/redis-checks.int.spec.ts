import { startRedisCluster, until } from '@sluice/testing';
import { checkRedis, type RedisFinding, type RedisRole } from './redis-checks';
import { redisFailureClass } from './failure-class';
import { RedisConnection } from './redis-connection';
import { closeLater, connected, started } from './redis-servers.fixture';

const notOk = (findings: readonly RedisFinding[]) =>
  findings.filter(({ level }) => level !== 'ok').map(({ level, check }) => `${level} ${check}`);
async function checked(settings: Record<string, string | number>, role: RedisRole): Promise<string[]> {
  return notOk(await checkRedis(await connected((await started(settings)).url), role));
}
const classOf = (answer: Promise<unknown>) => answer.then(String, redisFailureClass);
async function untilClass(ask: () => Promise<unknown>, wanted: string): Promise<void> {
  const seen = new Set<string>();
  await until(async () => seen.add(await classOf(ask())).has(wanted), { what: wanted, known: () => seen });
}

it('compares real servers with their roles', async () => {
  const evicting = { maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' };
  expect(await checked(evicting, 'cache')).toEqual([]);
  expect(await checked(evicting, 'corpus')).toEqual(['error eviction', 'error persistence']);
  expect(await checked({ appendonly: 'yes' }, 'queue')).toEqual([]);
  expect(await checked({}, 'cache')).toEqual(['warning eviction']);
});

it('sees a replica, and a cluster reached by the wrong kind of address', async () => {
  const primary = await started();
  expect(await checked({ replicaof: `127.0.0.1 ${new URL(primary.url).port}` }, 'cache')).toContain('error topology');
  const cluster = await startRedisCluster();
  closeLater(() => cluster.stop());
  const node = await RedisConnection.open(cluster.nodes[0]!.url);
  closeLater(() => node.close());
  expect(notOk(await checkRedis(node, 'cache'))).toContain('error topology');
  const findings = await checkRedis(await connected(cluster.url), 'corpus');
  expect(notOk(findings)).toEqual(Array.from({ length: 3 }, () => 'error persistence'));
  expect(new Set(findings.map(({ says }) => says.split(': ')[0])).size).toBe(3);
});

it('says what cannot be read instead of failing, where the user may not', async () => {
  const redis = await started();
  const admin = await connected(redis.url);
  await admin.client.call('ACL', 'SETUSER', 'app', 'on', '>secret', '~*', '+ping', '+get', '+set');
  const limited = await connected(redis.url.replace('//', '//app:secret@'));
  expect(notOk(await checkRedis(limited, 'corpus'))).toEqual(['warning version', 'warning clock']);
  expect(await classOf(limited.client.config('GET', 'maxmemory'))).toBe('auth');
});

it.each([
  [3_600_000, 'behind'],
  [-3_600_000, 'ahead of'],
])('warns of a clock that is %d ms off', async (offMs, words) => {
  const connection = await connected((await started({ appendonly: 'yes' })).url);
  const findings = await checkRedis(connection, 'corpus', { nowMs: () => Date.now() + offMs });
  expect(findings.find(({ check }) => check === 'clock')).toMatchObject({
    level: 'warning',
    says: expect.stringMatching(new RegExp(`^its clock is 3[56]\\d{5} ms ${words} ours$`)),
  });
});

it('throws where there is no server to check', async () => {
  const redis = await started();
  const connection = await connected(redis.url);
  await redis.kill();
  await expect(checkRedis(connection, 'cache')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
});

describe('the classes of what real servers say', () => {
  it('oom', async () => {
    const { client } = await connected((await started({ maxmemory: 1, 'maxmemory-policy': 'noeviction' })).url);
    expect(await classOf(client.set('key', 'value'))).toBe('oom');
    expect(await classOf(client.eval(`return redis.call('SET', 'key', 'value')`, 0))).toBe('oom');
    expect(await classOf(client.multi().set('key', 'value').exec())).toBe('oom');
    expect(await classOf(client.get('key'))).toBe('null');
  });

  it('readonly and loading, of a replica with and without its primary', async () => {
    const primary = await started();
    const replicaof = `127.0.0.1 ${new URL(primary.url).port}`;
    const { client } = await connected((await started({ replicaof, 'replica-serve-stale-data': 'no' })).url);
    const write = await classOf(client.set('key', 'value'));
    expect(['readonly', 'loading']).toContain(write); // It may still be synchronising.
    await primary.kill();
    await untilClass(() => client.get('key'), 'loading');
    await client.config('SET', 'replica-serve-stale-data', 'yes');
    await untilClass(() => client.set('key', 'value'), 'readonly');
  });

  it('loading, while a data set is read', async () => {
    const settings = {
      'enable-debug-command': 'yes',
      ...{ 'key-load-delay': 2_000, rdbcompression: 'no' }, // 40 s, or until it was seen; it answers after each few keys.
      'loading-process-events-interval-bytes': 1_024,
    };
    const redis = await started(settings);
    const [one, other] = [await connected(redis.url), await connected(redis.url)];
    const keys = Array.from({ length: 20_000 }, (_, index) => ['set', `key:${index}`, 'value'.repeat(20)]);
    await one.client.pipeline(keys).exec();
    const reloaded = classOf(one.client.call('DEBUG', 'RELOAD'));
    await untilClass(() => other.client.get('key:1'), 'loading');
    await other.client.config('SET', 'key-load-delay', 0);
    await reloaded;
  });

  it('auth, noscript, other-reply and timeout', async () => {
    const redis = await started({ requirepass: 'right' });
    const wrong = await RedisConnection.open(redis.url.replace('//', '//:wrong@')).catch((error: unknown) => error);
    expect(redisFailureClass(wrong)).toBe('auth');
    const none = await RedisConnection.open(redis.url).catch((error: unknown) => error);
    expect(redisFailureClass(none)).toBe('auth');
    const { client } = await connected(redis.url.replace('//', '//:right@'));
    expect(await classOf(client.evalsha('0'.repeat(40), 0))).toBe('noscript');
    await client.lpush('list', 'a');
    expect(await classOf(client.get('list'))).toBe('other-reply');
    redis.freeze();
    expect(await classOf(client.get('list'))).toBe('timeout');
    redis.thaw();
  });

  it('network, of a server that is gone', async () => {
    const redis = await started();
    const { client } = await connected(redis.url);
    await redis.kill();
    expect(await classOf(client.get('key'))).toBe('network');
  });
});
