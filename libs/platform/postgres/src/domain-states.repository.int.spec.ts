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
