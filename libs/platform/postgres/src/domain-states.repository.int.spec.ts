import { freshDatabase } from '@sluice/testing';
import { DomainStates } from './domain-states.repository';
import { Prisma } from './generated/client';
import { Postgres } from './postgres';

it('counts what waits between the sides of each domain, and what only somebody can settle', async () => {
  const database = await freshDatabase();
  const postgres = new Postgres({ url: database.url, poolSize: 1 });
  const states = new DomainStates(postgres);
  expect(await states.list()).toEqual([]);
  await postgres.rows(Prisma.sql`
    INSERT INTO migration_domains (name, tables, mode, changed_by, reason)
    VALUES ('picks', '{pick_events,rl_policies}', 'dual', 'a', 'b'), ('runs', '{top_picks_runs}', 'new', 'a', 'b')`);
  await postgres.rows(Prisma.sql`
    INSERT INTO migration_outbox (table_name, row_key, queued_at, dead_at)
    VALUES ('pick_events', 1, now() - interval '90 seconds', NULL), ('rl_policies', 1, now(), NULL),
           ('rl_policies', 2, now() - interval '1 day', now()), ('llm_requests', 1, now(), NULL)`);
  await postgres.rows(Prisma.sql`
    INSERT INTO migration_divergences (domain, table_name, row_key, kind, settled_at)
    VALUES ('picks', 'pick_events', 1, 'conflict', NULL), ('picks', 'pick_events', 2, 'conflict', now())`);
  const [picks, runs] = await states.list();
  expect(picks).toEqual({ domain: 'picks', mode: 'dual', waiting: 2, dead: 1, divergences: 1, oldestSeconds: expect.any(Number) }); // prettier-ignore
  expect(Math.floor((picks?.oldestSeconds ?? 0) / 60)).toBe(1);
  expect(runs).toEqual({ domain: 'runs', mode: 'new', waiting: 0, dead: 0, divergences: 0, oldestSeconds: 0 });
  await postgres.close();
  await database.drop();
});

it('knows when the sides of a domain were last in step, and that they are not', async () => {
  const database = await freshDatabase();
  const postgres = new Postgres({ url: database.url, poolSize: 1 });
  const states = new DomainStates(postgres);
  await postgres.rows(Prisma.sql`
    INSERT INTO migration_domains (name, tables, mode, changed_by, reason)
    VALUES ('picks', '{pick_events,rl_policies}', 'shadow', 'a', 'b')`);
  const followed = async (table: string, state: string, ago: string | null): Promise<number | null> => {
    await postgres.rows(Prisma.sql`
      INSERT INTO migration_follow (table_name, plan, source_path, feed, generation, position, run, holder, state, caught_up_at)
      VALUES (${table}, gen_random_uuid(), 'a', 'change-log', 'g', 0, gen_random_uuid(), 'h', ${state}, now() - ${ago}::interval)
      ON CONFLICT (table_name) DO UPDATE SET state = excluded.state, caught_up_at = excluded.caught_up_at`);
    return states.inStepAgo('picks');
  };
  expect(await states.inStepAgo('none')).toBeNull();
  expect(await followed('pick_events', 'following', '1 second')).toBeNull();
  expect(await followed('rl_policies', 'following', null)).toBeNull();
  expect(await followed('rl_policies', 'failed', '3 seconds')).toBeNull();
  expect(Math.floor((await followed('rl_policies', 'following', '3 seconds'))! / 1000)).toBe(3);
  const queue = (dead: string | null) =>
    postgres.rows(Prisma.sql`
    INSERT INTO migration_outbox (table_name, row_key, dead_at) VALUES ('rl_policies', 2, ${dead}::timestamptz)`);
  await queue('2026-01-01T00:00:00Z');
  expect(await states.inStepAgo('picks')).not.toBeNull();
  await queue(null);
  expect(await states.inStepAgo('picks')).toBeNull();
  await postgres.close();
  await database.drop();
});
