import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { Prisma } from './generated/client';
import { Postgres } from './postgres';
import { ShadowReadRepository, type NewShadowDifference, type ShadowOperationCounts } from './shadow-read.repository';

const key = { domain: 'runs', epoch: '1', operation: 'runs.list' };
const counts = (over: Partial<ShadowOperationCounts>): ShadowOperationCounts => ({
  ...key,
  ...{ equal: 0, explained: 0, unexplained: 0, skipped: 0, failed: 0, ...over },
});
const difference = (over: Partial<NewShadowDifference> = {}): NewShadowDifference => ({
  ...{ ...key, fields: '[].price', times: 1, parameters: [{ limit: 1 }], legacyAnswer: '1', targetAnswer: '2' },
  ...{ explanation: null, ...over },
});

describe('ShadowReadRepository', () => {
  let database: FreshDatabase;
  let postgres: Postgres;
  let stored: ShadowReadRepository;
  beforeEach(async () => {
    database = await freshDatabase();
    postgres = new Postgres({ url: database.url });
    stored = new ShadowReadRepository(postgres);
    await setMode('shadow', 1);
  });
  afterEach(async () => {
    await postgres.close();
    await database.drop();
  });

  const setMode = (mode: string, epoch: number) =>
    postgres.rows(Prisma.sql`
      INSERT INTO migration_domains (name, tables, mode, epoch, changed_by, reason)
      VALUES ('runs', '{}', ${mode}, ${epoch}::bigint, 'a test', 'a test')
      ON CONFLICT (name) DO UPDATE SET mode = excluded.mode, epoch = excluded.epoch`);
  const now = async () => (await stored.list())[0]!;

  it('adds up what processes find at the same time, and keeps one example of each kind', async () => {
    const add = () => stored.add([counts({ equal: 2, unexplained: 1, skipped: 1 })], [difference()]);
    await Promise.all(Array.from({ length: 8 }, add));
    await stored.add([counts({ explained: 1 })], [difference({ explanation: 'under way' })]);
    const { operations, differences } = await now();
    expect(operations).toEqual([
      { operation: 'runs.list', compared: 25, equal: 16, explained: 1, unexplained: 8, skipped: 8, failed: 0 },
    ]);
    expect(differences.map(({ times, explainedBy, explanation }) => [times, explainedBy, explanation])).toEqual([
      [8, null, null],
      [1, 'rule', 'under way'],
    ]);
  });

  it('counts as explained what somebody has explained, in the same fields and no others', async () => {
    await stored.add([counts({ unexplained: 1 })], [difference()]);
    await postgres.rows(Prisma.sql`
      UPDATE migration_shadow_differences SET explained_by = 'ann', explanation = 'in quarantine', explained_at = now()`);
    await stored.add([counts({ unexplained: 3 })], [difference({ times: 2 }), difference({ fields: '[].length' })]);
    const { operations, differences } = await now();
    expect(operations[0]).toMatchObject({ explained: 2, unexplained: 2 });
    expect(differences.map(({ fields, times, explainedBy }) => [fields, times, explainedBy])).toEqual([
      ['[].length', 1, null],
      ['[].price', 3, 'ann'],
    ]);
  });

  it('starts anew when the domain comes into the mode again', async () => {
    await stored.add([counts({ unexplained: 1 })], [difference()]);
    await setMode('shadow', 3);
    expect(await now()).toMatchObject({ mode: 'shadow', operations: [], differences: [] });
    await stored.add([counts({ epoch: '3', equal: 1 })], []);
    expect((await now()).operations).toMatchObject([{ compared: 1, equal: 1 }]);
  });
});
