import { RedisConnection } from '@sluice/redis';
import { until } from '@sluice/testing';
import Redis from 'ioredis';
import { json } from '../codec/json';
import { cacheOf } from '../declare/cache-of';
import type { CacheDeclaration } from '../declare/policy';
import { freshFor } from '../freshness';
import { RedisTier2 } from '../tier2/redis-tier2';
import type { Cache } from './cache';
import { CacheEngine } from './cache-engine';

/** One process as far as the caches are concerned: an engine with its own memory, connection and ear. */
export interface TestNode {
  readonly engine: CacheEngine;
  readonly quotes: Cache<string, unknown>;
}

const closing: (() => unknown)[] = [];

/** Closed after the test, the last one first; to be followed by `closeAll` in `afterEach`. */
export function keep<T>(opened: T, close: (opened: T) => unknown): T {
  closing.push(() => close(opened));
  return opened;
}

export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

export const quotesDeclaration: CacheDeclaration<string, unknown> = {
  name: 'quotes',
  version: 1,
  key: (symbol) => [symbol],
  store: json<unknown>(),
  fresh: freshFor(3_600_000), // Nothing that a test waits for happens because a value has grown old.
  about: 'What the tests of faults read and write.',
};

/** For the tests in which Redis does not answer, and a node has to give up on it: the limit of the service itself. */
export const impatient = { commandMs: 500 };

/** `earUrl`: where it hears the others, if that is another way than the one of its reads and writes. */
export async function aNode(
  url: string,
  policy: Partial<CacheDeclaration<string, unknown>> = {},
  { earUrl = url, commandMs = 5_000 }: { readonly earUrl?: string; readonly commandMs?: number } = {},
): Promise<TestNode> {
  const tier2 = new RedisTier2(RedisConnection.opened(url, { commandMs }));
  const ear = keep(new RedisTier2(RedisConnection.opened(earUrl, { commandMs })), (opened) => opened.close());
  tier2.subscribe = (subscriber) => ear.subscribe(subscriber);
  const engine = keep(new CacheEngine({ tier2 }), (opened) => opened.close());
  const QuotesCache = cacheOf<string, unknown>({ ...quotesDeclaration, ...policy });
  const quotes = new QuotesCache(engine);
  await engine.start();
  await until(() => engine.hearsOthers && engine.look());
  return { engine, quotes };
}

export function aClient(url: string): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: 1, retryStrategy: () => 50 });
  client.on('error', () => undefined); // The command tells it.
  return keep(client, (opened) => opened.disconnect());
}

/** A loader that counts its runs and, once `hold` was called, answers only after `release`. */
export class CountedLoader {
  runs = 0;
  private gate: Promise<void> | null = null;
  release: () => void = () => undefined;

  constructor(public value: unknown = 'loaded') {}

  hold(): this {
    this.gate = new Promise((resolve) => (this.release = resolve));
    return this;
  }

  /** What is loaded is what there was when the load began. */
  readonly load = async (): Promise<unknown> => {
    this.runs++;
    const { value } = this;
    await this.gate;
    return value;
  };
}

const TICK_MS = 10;

/** How many milliseconds of this process it takes: those in which the whole machine stands still do not count. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  let ticks = 0;
  const ticking = setInterval(() => ticks++, TICK_MS);
  try {
    await work();
  } finally {
    clearInterval(ticking);
  }
  return ticks * TICK_MS;
}
