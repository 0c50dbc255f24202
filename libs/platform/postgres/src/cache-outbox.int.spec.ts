import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { CacheOutbox } from './cache-outbox';
import { Prisma } from './generated/client';
import { Postgres } from './postgres';

describe('CacheOutbox', () => {
  let database: FreshDatabase;
  let postgres: Postgres;
  let outbox: CacheOutbox;

  beforeAll(async () => {
    database = await freshDatabase();
    postgres = new Postgres({ url: database.url });
    outbox = new CacheOutbox(postgres);
  });
  beforeEach(() => postgres.rows(Prisma.sql`TRUNCATE cache_outbox RESTART IDENTITY`));
  afterAll(async () => {
    await postgres.close();
    await database.drop();
  });

  const given = (...keys: string[]) =>
    outbox.transaction(async (tx) => {
      for (const key of keys) await outbox.add(tx, { namespace: 'n', keys: [key], tags: ['t'] });
    });

  it('gives the oldest first, with everything that was added', async () => {
    await given('n:a', 'n:b', 'n:c');
    expect(await outbox.claim(['n'], 2, 60_000)).toEqual([
      { id: 1n, namespace: 'n', keys: ['n:a'], tags: ['t'], attempt: 1 },
      { id: 2n, namespace: 'n', keys: ['n:b'], tags: ['t'], attempt: 1 },
    ]);
    expect((await outbox.claim(['n'], 2, 60_000)).map(({ id }) => id)).toEqual([3n]);
  });

  it('gives no row to two that claim at once', async () => {
    await given(...Array.from({ length: 40 }, (_none, i) => `n:${i}`));
    const claims = await Promise.all(Array.from({ length: 8 }, () => outbox.claim(['n'], 10, 60_000)));
    const ids = claims.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lets no claim that ran out put off the claim of another relay', async () => {
    await given('n:a');
    const [lost] = await outbox.claim(['n'], 1, 0);
    const [held] = await outbox.claim(['n'], 1, 0);
    await outbox.failed(lost!, 60_000, 'late');
    expect(await outbox.claim(['n'], 1, 0)).toEqual([{ ...held, attempt: 3 }]);
  });

  it('puts off what failed, and says that it was tried', async () => {
    await given('n:a', 'n:b');
    const [first] = await outbox.claim(['n'], 1, 0);
    await outbox.failed(first!, 60_000, 'away');
    expect((await outbox.claim(['n'], 10, 60_000)).map(({ id }) => id)).toEqual([2n]);
    expect(await outbox.backlog()).toMatchObject({ waiting: 2, retried: 2 });
  });

  it('keeps the sign of a whole namespace apart from keys', async () => {
    await outbox.transaction((tx) => outbox.add(tx, { namespace: 'n', keys: '*' }));
    expect(await outbox.claim(['n'], 1, 60_000)).toMatchObject([{ keys: '*', tags: [] }]);
  });

  it('tells those who listen after the commit, and nobody after a rollback', async () => {
    let commits = 0;
    const end = outbox.onCommitted(() => (commits += 1));
    await given('n:a');
    await expect(outbox.transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    end();
    await given('n:b');
    expect(commits).toBe(1);
  });

  it('has nothing waiting in a database of an older schema', async () => {
    const older = await freshDatabase({ migrated: false });
    const elsewhere = new Postgres({ url: older.url });
    expect(await new CacheOutbox(elsewhere).backlog()).toEqual({ waiting: 0, retried: 0, lagMs: 0 });
    await elsewhere.close();
    await older.drop();
  });
});
