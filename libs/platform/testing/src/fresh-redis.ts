import Redis from 'ioredis';
import { askDesk } from './ask-desk';

export interface FreshRedis {
  readonly url: string;
  flush(): Promise<void>;
}

const NEXT = 'sluice:test:next-database';

/**
 * An empty logical database of the run's Redis. Database 0 holds the counter of those given out; one that holds keys is
 * passed over, so that a server given by TEST_REDIS_URL loses nothing.
 */
export async function freshRedis(): Promise<FreshRedis> {
  const { url } = await askDesk<{ url: string }>('/redis');
  const client = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    const [, count = '16'] = (await client.config('GET', 'databases')) as string[];
    for (let tries = 0; tries < Number(count); tries += 1) {
      await client.select(0);
      const index = 1 + ((await client.incr(NEXT)) % (Number(count) - 1));
      await client.select(index);
      if ((await client.dbsize()) > 0) continue;
      const own = new URL(url);
      own.pathname = `/${index}`;
      return { url: own.href, flush: () => flush(own.href) };
    }
  } finally {
    client.disconnect();
  }
  throw new Error('Every database of the test Redis holds keys.');
}

async function flush(url: string): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    await client.flushdb();
  } finally {
    client.disconnect();
  }
}
