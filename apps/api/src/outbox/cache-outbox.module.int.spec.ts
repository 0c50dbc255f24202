import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  cacheOf,
  CacheEngine,
  freshFor,
  json,
  invalidationOf,
  MemoryTier2,
  OutboxRelay,
  systemScheduler,
} from '@sluice/cache';
import { CacheOutbox } from '@sluice/postgres';
import { PostgresModule } from '@sluice/postgres/module';
import { freshDatabase, until } from '@sluice/testing';
import { CacheOutboxModule } from './cache-outbox.module';

class RunsCache extends cacheOf({
  name: 'runs',
  version: 1,
  about: 'A cache of the tests.',
  key: (key: string) => [key],
  store: json<string>(),
  fresh: freshFor(600_000),
}) {}

it('delivers while the application runs, and ends before its pool of connections', async () => {
  const database = await freshDatabase();
  const engine = new CacheEngine({ tier2: new MemoryTier2(systemScheduler) });
  const cache = new RunsCache(engine);
  const logged: string[] = [];
  const log = { event: (_level: string, message: string) => void logged.push(message) };
  const modules = [PostgresModule.forRoot({ url: database.url }), CacheOutboxModule.forRoot({ engine, log })];
  class App {}
  Module({ imports: modules })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });

  await cache.set('a', 'old');
  const outbox = app.get(CacheOutbox, { strict: false });
  await outbox.transaction((tx) => outbox.add(tx, invalidationOf(cache, ['a'])));
  const relay = app.get(OutboxRelay, { strict: false });
  await until(async () => (await relay.wake(), relay.counters.delivered > 0));
  expect(await cache.get('a')).toBeUndefined();
  expect((await outbox.backlog()).waiting).toBe(0);

  await app.close();
  await relay.wake();
  expect(logged).toEqual([]);
  expect(relay.counters).toEqual({ delivered: 1, failed: 0, outages: 0 });
  await engine.close();
  await database.drop();
});
