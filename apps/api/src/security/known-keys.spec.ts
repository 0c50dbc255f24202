import { hashOfSecret, PostgresUnavailableError, type StoredApiKey } from '@sluice/postgres';
import { KnownKeys } from './known-keys';

const aKey = (over: Partial<StoredApiKey> = {}): StoredApiKey => ({
  ...{ id: 'a', name: 'a', scopes: ['read'], secretHash: hashOfSecret('s'), createdAt: new Date(0) },
  ...{ expiresAt: null, revokedAt: null, lastUsedAt: null },
  ...over,
});

/** A table of one key, a clock and a timer that the test moves. */
function setUp() {
  const timers: (() => void)[] = [];
  const table = { nowMs: 0, reads: 0, answer: async (): Promise<StoredApiKey | null> => aKey() };
  const known = new KnownKeys(
    {
      find: () => {
        table.reads++;
        return table.answer();
      },
    },
    { nowMs: () => table.nowMs },
    () => new Promise((resolve) => timers.push(resolve)),
  );
  const keys = { find: (id: string, toll = async (): Promise<void> => undefined) => known.find(id, toll) };
  return { table, keys, timePasses: () => timers.splice(0).forEach((wake) => wake()) };
}

const away = () => Promise.reject(new PostgresUnavailableError(new Error('refused')));

describe('KnownKeys', () => {
  it('asks once for many requests, and again after three seconds', async () => {
    const { table, keys } = setUp();
    await Promise.all(Array.from({ length: 50 }, () => keys.find('a')));
    table.nowMs = 2_999;
    await keys.find('a');
    expect(table.reads).toBe(1);
    table.nowMs = 3_000;
    const revoked = aKey({ revokedAt: new Date(0) });
    table.answer = async () => revoked;
    expect([await keys.find('a'), table.reads]).toEqual([revoked, 2]);
  });

  it('has one caller pay for an id that was not seen yet, and keeps nothing of one that there is not', async () => {
    const { table, keys } = setUp();
    table.answer = async () => null;
    let paid = 0;
    const toll = async (): Promise<void> => void paid++;
    expect(await Promise.all([keys.find('b', toll), keys.find('b', toll)])).toEqual([null, null]);
    expect([paid, table.reads]).toEqual([1, 1]);
    expect(await keys.find('b', toll)).toBeNull();
    expect([paid, table.reads]).toEqual([2, 2]);
  });

  it('asks nobody where the toll is refused, and goes on refreshing the keys that it knows', async () => {
    const { table, keys } = setUp();
    await keys.find('a');
    const refused = () => Promise.reject(new Error('too many'));
    await expect(keys.find('b', refused)).rejects.toThrow('too many');
    table.nowMs = 3_000;
    await keys.find('a', refused);
    expect(table.reads).toBe(2);
  });

  it('lets a known key go on for five minutes while PostgreSQL is away, and asks once a second', async () => {
    const { table, keys } = setUp();
    await keys.find('a');
    table.answer = away;
    table.nowMs = 4_000;
    for (let i = 0; i < 20; i++) expect(await keys.find('a')).toMatchObject({ id: 'a' });
    expect(table.reads).toBe(2);
    table.nowMs = 5_001;
    await keys.find('a');
    expect(table.reads).toBe(3);
    table.nowMs = 300_001;
    await expect(keys.find('a')).rejects.toThrow(PostgresUnavailableError);
  });

  it('answers 503 for a key that it never saw while PostgreSQL is away', async () => {
    const { table, keys } = setUp();
    table.answer = away;
    await expect(keys.find('a')).rejects.toThrow(PostgresUnavailableError);
  });

  it('does not wait for a PostgreSQL that is frozen', async () => {
    const { table, keys, timePasses } = setUp();
    await keys.find('a');
    table.answer = () => new Promise(() => undefined);
    table.nowMs = 4_000;
    const first = keys.find('a');
    timePasses();
    expect(await first).toMatchObject({ id: 'a' });
    table.nowMs = 5_000;
    expect(await keys.find('a')).toMatchObject({ id: 'a' }); // Nobody moves a timer for this one.
    expect(table.reads).toBe(2);
  });
});
