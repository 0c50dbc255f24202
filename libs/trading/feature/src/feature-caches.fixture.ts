import { CacheEngine } from '@sluice/cache';
import { type CacheDriver, type SharedTier } from '@sluice/cache/testing';
import { TradingCaches } from '@sluice/trading-caching';

/** A reply that remembers its headers. */
export class FakeReply {
  readonly sent: Record<string, string> = {};

  headers(values: Record<string, string>): void {
    Object.assign(this.sent, values);
  }
}

interface OpenCaches {
  readonly caches: TradingCaches;
  readonly engine: CacheEngine;
  /** The same of another process; with `away` one whose shared tier is not there. */
  another(options?: { away?: boolean }): TradingCaches;
  close(): Promise<void>;
}

/** Every trading cache, empty, on a driver. */
export async function openCaches(driver: CacheDriver): Promise<OpenCaches> {
  const shared: SharedTier = await driver.open();
  const engines: CacheEngine[] = [];
  const anEngine = (tier2 = shared.connect()) => {
    const engine = new CacheEngine({ tier2 });
    engines.push(engine);
    return engine;
  };
  const engine = anEngine();
  return {
    engine,
    caches: new TradingCaches(engine),
    another: ({ away = false } = {}) => new TradingCaches(away ? anEngine(driver.away()) : anEngine()),
    close: async () => {
      await shared.empty();
      await Promise.all(engines.map((one) => one.close()));
    },
  };
}
