import { systemClock } from '@sluice/core';
import { RedisConnection } from '@sluice/redis';
import { startRedis, until, type OwnRedis } from '@sluice/testing';
import { SharedWindows } from './shared-windows';

describe('SharedWindows', () => {
  let redis: OwnRedis;
  const opened: SharedWindows[] = [];
  const open = (clock = systemClock): SharedWindows => {
    const connection = RedisConnection.opened(redis.url, { commandMs: 250 });
    const windows = new SharedWindows(connection, clock, { event: () => undefined });
    opened.push(windows);
    return windows;
  };

  beforeAll(async () => (redis = await startRedis()));
  afterAll(async () => {
    await Promise.all(opened.map((windows) => windows.close()));
    await redis.stop();
  });

  it('adds what all processes took, and keeps no counter without an end', async () => {
    const [one, other] = [open(), open()];
    await Promise.all([one.connect(), other.connect()]);
    expect(await one.add('a', 1, 5)).toBe(5);
    expect(await other.add('a', 1, 7)).toBe(12);
    expect(await other.add('a', 2, 7)).toBe(7);
    const client = RedisConnection.opened(redis.url);
    await client.ready();
    const lives = await Promise.all((await client.client.keys('sluice-rate:*')).map((key) => client.client.pttl(key)));
    await client.close();
    expect(lives).toHaveLength(2);
    expect(lives.every((ms) => ms > 0 && ms <= 120_000)).toBe(true);
  });

  it('has no answer while Redis is away, does not ask again for a while, and then has one', async () => {
    let nowMs = 0;
    const windows = open({ nowMs: () => nowMs });
    await windows.connect();
    await redis.kill();
    expect(await windows.add('b', 1, 1)).toBeNull();
    await redis.restart();
    expect(await windows.add('b', 1, 1)).toBeNull();
    nowMs += 2_000;
    await until(() => {
      nowMs += 2_000;
      return windows.add('b', 1, 1);
    });
  });
});
