import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { sluice, sluiceJson } from './sluice';
import { query } from './target';

interface Answer {
  readonly tables: readonly { readonly state: string; readonly remedy: string | null }[];
  readonly twoWay: readonly {
    readonly domain: string;
    readonly waits: readonly { reason: string; remedy: string }[];
  }[];
}

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await query(
    database.url,
    `INSERT INTO migration_domains (name, tables, mode, changed_by, reason) VALUES
       ('runs', '{top_picks_runs}', 'dual', 'a test', '-'), ('llm-costs', '{llm_requests}', 'legacy', 'a test', '-')`,
  );
  await query(
    database.url,
    `INSERT INTO migration_outbox (table_name, row_key, error, dead_at) VALUES
       ('top_picks_runs', 7, 'WRITE_BACK_REFUSED top_picks_runs.elapsed_sec: not-a-number', now()), ('top_picks_runs', 8, NULL, NULL),
       ('llm_requests', 1, NULL, NULL)`,
  );
  await query(
    database.url,
    `INSERT INTO migration_follow (table_name, plan, source_path, feed, generation, position, run, holder, state, detail)
       VALUES ('top_picks_runs', gen_random_uuid(), 'cache/x.db', 'change-log', 'g', 1, gen_random_uuid(), 'x', 'following', '{}')`,
  );
});
afterAll(() => database.drop());

it('says where writes wait why they do, and the command that mends it, to people and to programs', async () => {
  const { document } = await sluiceJson<Answer>(['follow', 'status'], { database: database.url });
  expect(document.tables).toMatchObject([
    { state: 'lost', remedy: expect.stringMatching(/^Start `sluice follow` again/) },
  ]);
  expect(document.twoWay).toMatchObject([
    { domain: 'llm-costs', waits: [{ reason: expect.stringMatching(/in mode legacy nothing is carried$/) }] },
    {
      domain: 'runs',
      waits: [
        {
          reason: expect.stringContaining('top_picks_runs 7: WRITE_BACK_REFUSED'),
          remedy: expect.stringContaining('--retry-dead'),
        },
        {
          reason: expect.stringMatching(/^1 write waits .*, and nobody follows$/),
          remedy: expect.stringMatching(/^Start `sluice follow`/),
        },
      ],
    },
  ]);
  const { stdout, code } = await sluice(['follow', 'status'], { database: database.url });
  expect(code).toBe(3);
  const shown = document.twoWay.flatMap(({ domain, waits }) =>
    waits.map((one) => `  ✗ ${domain}: ${one.reason}\n    → ${one.remedy}`),
  );
  for (const lines of [...shown, '  ✗ top_picks_runs: lost\n    → Start `sluice follow` again'])
    expect(stdout).toContain(lines);
});
