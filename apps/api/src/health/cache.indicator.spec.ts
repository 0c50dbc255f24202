import { HealthIndicatorService } from '@nestjs/terminus';
import { CacheEngine, MemoryTier2, systemScheduler, Tier2Error } from '@sluice/cache';
import { CacheIndicator } from './cache.indicator';

it('is never down, and shows the rest that a server which does not answer is given', async () => {
  const tier2 = new MemoryTier2(systemScheduler);
  const engine = new CacheEngine({ tier2 });
  const indicator = new CacheIndicator(new HealthIndicatorService(), engine);
  const good = { status: 'up', driver: 'memory', degraded: false, breaker: 'closed', pendingInvalidations: 0 };
  expect((await indicator.check())['cache']).toMatchObject(good);
  const ping = jest.spyOn(tier2, 'ping').mockRejectedValue(new Tier2Error('Redis does not answer.', 'timeout'));
  for (let failed = 0; failed < 5; failed++) await indicator.check();
  const bad = { status: 'up', degraded: true, code: 'CACHE_TIER2_FAILED', breaker: 'open' };
  expect((await indicator.check())['cache']).toMatchObject(bad);
  expect(ping).toHaveBeenCalledTimes(5);
  await engine.close();
});

it('is degraded by a server that is full: it answers, and stores nothing', async () => {
  const engine = new CacheEngine({ tier2: new MemoryTier2(systemScheduler) });
  const indicator = new CacheIndicator(new HealthIndicatorService(), engine);
  const isFull = new Tier2Error('Redis is full.', 'oom');
  await expect(engine.link.call(null, () => Promise.reject(isFull))).rejects.toBe(isFull);
  expect((await indicator.check())['cache']).toMatchObject({
    degraded: true,
    code: 'CACHE_TIER2_FAILED',
    refuses: 'oom',
    breaker: 'closed',
  });
  await engine.close();
});
