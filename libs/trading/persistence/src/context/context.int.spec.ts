import { Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { AgentAnalysisRepository } from './agent-analysis.repository';
import { MemoryAnalysisRepository } from './memory-analysis.repository';
import { PreferenceRepository } from './preference.repository';

let database: FreshDatabase;
let postgres: Postgres;

beforeAll(async () => {
  database = await freshDatabase();
  postgres = new Postgres({ url: database.url });
});
beforeEach(() =>
  postgres.rows(
    Prisma.sql`TRUNCATE agent_analyses, user_preferences, memory_preferences, memory_analyses RESTART IDENTITY`,
  ),
);
afterAll(async () => {
  await postgres.close();
  await database.drop();
});

describe('analyses', () => {
  const given = async (...times: (string | null)[]) => {
    for (const time of times)
      await postgres.rows(Prisma.sql`
        INSERT INTO agent_analyses (symbol, agent_type, created_at) VALUES ('TCS', 'pattern', ${time}::timestamptz)`);
  };
  const analyses = () => new AgentAnalysisRepository(postgres);
  const [ten, eleven] = ['2026-01-09T10:00:00Z', '2026-01-09T11:00:00Z'];

  // [run] of the contract.
  it('of one second are led by the lowest id', async () => {
    await given(ten, eleven, eleven);
    expect(await analyses().findLatest('TCS', 'pattern', ten)).toMatchObject({ id: 2, created_at: eleven });
  });

  it('end with the beginning of the window, which is no part of it, and know neither case nor absence of a time', async () => {
    await given(ten, null);
    expect(await analyses().findLatest('TCS', 'pattern', ten)).toBeNull();
    expect(await analyses().findLatest('TCS', 'pattern', '2026-01-09T09:59:59.999999Z')).toMatchObject({ id: 1 });
    expect(await analyses().findLatest('tcs', 'pattern', '2026-01-01T00:00:00Z')).toBeNull();
    expect(await analyses().findLatest('TCS', 'Pattern', '2026-01-01T00:00:00Z')).toBeNull();
  });

  it('are listed newest first, in pages that neither repeat nor miss one of the same time', async () => {
    await given(ten, eleven, ten, eleven, ten);
    const seen = [];
    for (let after: string[] | null = null; ;) {
      const rows = await analyses().list({ symbol: 'TCS', since: '2026-01-01T00:00:00Z', after, limit: 2 });
      if (rows.length === 0) break;
      seen.push(...rows.map(({ id }) => id));
      const last = rows.at(-1)!;
      after = [last.created_at!, String(last.id)];
    }
    expect(seen).toEqual([2, 4, 1, 3, 5]);
  });
});

describe("the memory manager's analyses", () => {
  it('come oldest first, with the beginning of the window, in pages', async () => {
    for (const time of ['03', '01', '02', '02'])
      await postgres.rows(Prisma.sql`
        INSERT INTO memory_analyses (symbol, agent_type, result, timestamp)
        VALUES ('TCS', 'pattern', '{"n": 1}', ${`2026-01-${time}T00:00:00Z`}::timestamptz)`);
    const list = (after: string[] | null, since = '2026-01-02T00:00:00Z') =>
      new MemoryAnalysisRepository(postgres).list({ symbol: 'TCS', since, after, limit: 2 });
    expect((await list(null)).map(({ id }) => id)).toEqual([3, 4]);
    expect((await list(['2026-01-02T00:00:00Z', '4'])).map(({ id }) => id)).toEqual([1]);
    expect((await list(null, '2026-01-01T00:00:00.000001Z')).map(({ id }) => id)).toEqual([3, 4]);
  });
});

describe('preferences', () => {
  const key = { userId: 'u1', prefKey: 'theme' };
  const preferences = () => new PreferenceRepository(postgres);
  const inContext = (value: string | null, at: string | null, prefKey = 'theme') =>
    postgres.rows(Prisma.sql`
      INSERT INTO user_preferences (user_id, pref_key, pref_value, updated_at)
      VALUES ('u1', ${prefKey}, ${value}::jsonb, ${at}::timestamptz)`);
  const inMemory = (value: string, at: string, prefKey = 'theme') =>
    postgres.rows(Prisma.sql`
      INSERT INTO memory_preferences (user_id, pref_key, pref_value, updated_at)
      VALUES ('u1', ${prefKey}, ${value}::jsonb, ${at}::timestamptz)`);
  const [earlier, later] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000001Z'];

  it.each([
    ['the newer one of the memory manager', earlier, later, 'memory'],
    ['the newer one of the context', later, earlier, 'context'],
    ['that of the context where both are of one time', earlier, earlier, 'context'],
    ['that of the memory manager where the other has no time', null, earlier, 'memory'],
  ])('count as %s', async (_what, context, memory, counting) => {
    await inContext('"context"', context);
    await inMemory('"memory"', memory);
    expect(await preferences().find(key)).toMatchObject({ pref_value: counting });
    expect(await preferences().list('u1')).toMatchObject([{ pref_key: 'theme', pref_value: counting }]);
  });

  it('count from either store, a JSON null is one and an SQL NULL is none', async () => {
    await inContext(null, later);
    expect(await preferences().find(key)).toBeNull();
    await inMemory('null', earlier);
    await inContext('1', earlier, 'b');
    await inMemory('2', earlier, 'B');
    const list = await preferences().list('u1');
    expect(list.map((row) => [row.pref_key, row.pref_value])).toEqual([['B', 2], ['b', 1], ['theme', null]]); // prettier-ignore
    expect(await preferences().list('U1')).toEqual([]);
  });

  // [run] of the contract: the id changed with each overwrite.
  it('that are put count at once, also over a time that has still to come, and keep their row', async () => {
    await inMemory('"memory"', '2999-01-01T00:00:00Z');
    const put = (value: unknown) => postgres.transaction((tx) => preferences().put(tx, key, value));
    const first = await put({ a: 1 });
    expect(first).toMatchObject({ pref_value: { a: 1 }, updated_at: '2999-01-01T00:00:00Z' });
    expect(await preferences().find(key)).toEqual(first);
    const second = await put(null);
    expect([second.pref_value, second.version === first.version]).toEqual([null, false]);
    expect(await postgres.rows(Prisma.sql`SELECT id::int FROM user_preferences`)).toEqual([{ id: 1 }]);
  });

  it('that are removed are gone from both stores', async () => {
    await inContext('1', earlier);
    await inMemory('2', later);
    await inMemory('3', later, 'other');
    await postgres.transaction((tx) => preferences().remove(tx, key));
    expect(await preferences().list('u1')).toMatchObject([{ pref_key: 'other' }]);
  });
});
