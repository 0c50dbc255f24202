import Redis from 'ioredis';
import { startRedisCluster } from './own-redis-cluster';
import { startRedisSentinel } from './own-redis-sentinel';
import { startRedis } from './own-servers';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
function client(url: string): Redis {
  const opened = new Redis(url, { maxRetriesPerRequest: 1 });
  opened.on('error', () => undefined);
  closing.push(async () => opened.disconnect());
  return opened;
}
const gone = (pid: number) => () => process.kill(pid, 0);

it('starts a cluster whose nodes send keys to each other, and that is down without one of them', async () => {
  const cluster = await startRedisCluster();
  closing.push(() => cluster.stop());
  const [first, second, third] = cluster.nodes;
  const answers = await Promise.all(
    cluster.nodes.map(({ url }) =>
      client(url)
        .set('key', 'value')
        .catch((error: Error) => error.message),
    ),
  );
  expect(answers.filter((answer) => answer === 'OK')).toHaveLength(1);
  expect(answers.filter((answer) => /^MOVED 12539 127\.0\.0\.1:\d+$/.test(answer))).toHaveLength(2);
  await second!.kill();
  await cluster.waitForState('fail');
  await expect(client(third!.url).get('key')).rejects.toThrow('CLUSTERDOWN');
  await second!.restart();
  await cluster.waitForState('ok');
  const pids = [first, second, third].map((node) => node!.pid!);
  await cluster.stop();
  for (const pid of pids) expect(gone(pid)).toThrow('ESRCH');
});

it('starts sentinels that swap the primary on request, and by themselves when it dies', async () => {
  const group = await startRedisSentinel();
  closing.push(() => group.stop());
  await client(group.primary.url).set('key', 'value');
  await group.failover();
  expect(await client(group.replica.url).get('key')).toBe('value');
  await group.replica.kill();
  await group.waitForPrimary(group.primary);
  await client(group.primary.url).set('key', 'other');
  const pids = group.sentinels.map(({ pid }) => pid!);
  await group.stop();
  for (const pid of pids) expect(gone(pid)).toThrow('ESRCH');
});

it('starts a Redis with settings of its own', async () => {
  const primary = await startRedis({ settings: { requirepass: 'secret', appendonly: 'yes' } });
  closing.push(() => primary.stop());
  await client(primary.url.replace('//', '//:secret@')).set('key', 'value');
  await primary.restart();
  expect(await client(primary.url.replace('//', '//:secret@')).get('key')).toBe('value');
  const { port } = new URL(primary.url);
  const replica = await startRedis({ settings: { replicaof: `127.0.0.1 ${port}`, masterauth: 'secret' } });
  closing.push(() => replica.stop());
  await expect(client(replica.url).set('key', 'value')).rejects.toThrow('READONLY');
});
