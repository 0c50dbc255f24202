import { RedisConnection } from '@sluice/redis';
import { systemScheduler } from '../engine/scheduler';
import { MemoryTier2 } from '../tier2/memory-tier2';
import { RedisTier2 } from '../tier2/redis-tier2';
import type { Tier2 } from '../tier2/tier2';
import { Tier2Error } from '../tier2/tier2.errors';

/** A shared tier that the conformance suite runs on. */
export interface CacheDriver {
  readonly name: string;
  /** Where the tests keep their entries; emptied after each of them. */
  open(): Promise<SharedTier>;
  /** The way of a process to a tier that is not there. */
  away(): Tier2;
}

export interface SharedTier {
  /** The way of one more process to it. */
  connect(): Tier2;
  empty(): Promise<void>;
}

/** `CACHE_DRIVER=memory`; two engines on it stand for two processes. */
export const memoryDriver: CacheDriver = {
  name: 'memory',
  async open() {
    const tier2 = new MemoryTier2(systemScheduler);
    return { connect: () => tier2, empty: async () => tier2.empty() };
  },
  away: () => new Proxy(new MemoryTier2(systemScheduler), { get: awayMember }),
};

/** A real Redis: `freshRedis` of `@sluice/testing` gives the empty database. */
export function redisDriver(fresh: () => Promise<{ readonly url: string; flush(): Promise<void> }>): CacheDriver {
  return {
    name: 'Redis',
    async open() {
      const { url, flush } = await fresh();
      return { connect: () => new RedisTier2(RedisConnection.opened(url)), empty: flush };
    },
    away: () => new RedisTier2(RedisConnection.opened('redis://127.0.0.1:1')),
  };
}

function awayMember(tier2: MemoryTier2, member: string | symbol): unknown {
  if (member === 'driver') return tier2.driver;
  if (member === 'close') return async () => undefined;
  return async () => {
    throw new Tier2Error('The memory is away for a test.', 'network');
  };
}
