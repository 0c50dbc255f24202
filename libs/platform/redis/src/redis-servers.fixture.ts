import { startRedis, type OwnRedis } from '@sluice/testing';
import { RedisConnection } from './redis-connection';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Closed after the test, the last first. */
export const closeLater = (...closes: readonly (() => unknown)[]): unknown => closing.push(...closes);

export async function started(settings: Record<string, string | number> = {}): Promise<OwnRedis> {
  const redis = await startRedis({ settings });
  closeLater(() => redis.stop());
  return redis;
}

export async function connected(url: string): Promise<RedisConnection> {
  const connection = await RedisConnection.open(url);
  closeLater(() => connection.close());
  return connection;
}
