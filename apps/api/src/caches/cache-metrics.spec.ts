import { CacheAdministration, CacheEngine, MemoryTier2, systemScheduler } from '@sluice/cache';
import { TradingCaches } from '@sluice/trading-caching';
import { CacheMetrics } from './cache-metrics';

it('tells what happened in each cache, in lines that Prometheus reads, the same at each reading', async () => {
  const engine = new CacheEngine({ tier2: new MemoryTier2(systemScheduler) });
  const { dashboard } = new TradingCaches(engine);
  const administration = new CacheAdministration(engine, () => undefined);
  await dashboard.getOrLoad('intraday', () => ({ a: 1 }));
  await dashboard.getOrLoad('intraday', () => ({ a: 2 }));
  dashboard.space.counters.failed('timeout');
  administration.pause('ops', 'hist');

  const metrics = new CacheMetrics(engine, () => administration.list());
  const text = await metrics.text();
  expect(await metrics.text()).toBe(text);
  const lines = text.split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      '# TYPE sluice_cache_hits_total counter',
      'sluice_cache_hits_total{namespace="dashboard:overview",tier="1"} 1',
      'sluice_cache_loads_total{namespace="dashboard:overview"} 1',
      'sluice_cache_tier2_failures_total{namespace="dashboard:overview",class="timeout"} 1',
      'sluice_cache_paused{namespace="hist"} 1',
      'sluice_cache_breaker_open 0',
    ]),
  );
  expect(text).toMatch(/^sluice_cache_memory_bytes\{namespace="dashboard:overview"\} [1-9]\d+$/m);
  expect(lines).toEqual(
    expect.arrayContaining(['sluice_cache_memory_entries 1', 'sluice_cache_memory_evicted_total 0']),
  );
  expect(text).not.toContain('sluice_cache_invalidation_lag_seconds{'); // Nobody has looked yet.
  await engine.look();
  expect(await metrics.text()).toMatch(/^sluice_cache_invalidation_lag_seconds\{namespace="hist"\} \d/m);
  const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, label]) => label));
  expect([...labels].sort()).toEqual(['class', 'namespace', 'tier']);
  await engine.close();
});
