import Redis from 'ioredis';
import { freshRedis } from './fresh-redis';

it('gives empty databases that do not see each other', async () => {
  const [one, other] = await Promise.all([freshRedis(), freshRedis()]);
  const clients = [new Redis(one.url), new Redis(other.url)] as const;
  await clients[0].set('key', 'value');
  expect(await clients[1].dbsize()).toBe(0);
  await one.flush();
  expect(await clients[0].dbsize()).toBe(0);
  for (const client of clients) client.disconnect();
});
