import { loadSettings } from '@sluice/config';
import { TradingCaches } from '@sluice/trading-caching';
import { openCacheEngine } from './open-cache-engine';

/** A port on which no server answers. */
const away = 'redis://127.0.0.1:1';

it('is of the driver that the settings say', async () => {
  const engines = [{}, { REDIS_URL: away }, { REDIS_URL: away, CACHE_DRIVER: 'memory' }].map((env) =>
    openCacheEngine(loadSettings(env)),
  );
  expect(engines.map(({ driver }) => driver)).toEqual(['memory', 'redis', 'memory']);
  await Promise.all(engines.map((engine) => engine.close()));
  expect(() => openCacheEngine(loadSettings({ CACHE_DRIVER: 'redis' }))).toThrow('REDIS_URL is not set.');
});

it('starts, works and closes while Redis is away', async () => {
  const engine = openCacheEngine(loadSettings({ REDIS_URL: away }));
  const caches = new TradingCaches(engine);
  await engine.start();
  expect(await caches.dashboard.getOrLoad('intraday', () => ({ a: 1 }))).toEqual({ a: 1 });
  await engine.close();
});
