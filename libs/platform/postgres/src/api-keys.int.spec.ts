import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { isSecretOf, parseApiKey } from './api-key-text';
import { ApiKeyEndedError, ApiKeys, ApiKeyUnknownError } from './api-keys';
import { Prisma } from './generated/client';
import { Postgres } from './postgres';

const HOUR_MS = 3_600_000;

describe('ApiKeys', () => {
  let database: FreshDatabase;
  let postgres: Postgres;
  let keys: ApiKeys;

  beforeAll(async () => {
    database = await freshDatabase();
    postgres = new Postgres({ url: database.url });
    keys = new ApiKeys(postgres);
  });
  afterAll(async () => {
    await postgres.close();
    await database.drop();
  });

  const end = (id: string, sql: Prisma.Sql): Promise<unknown> =>
    postgres.run((prisma) => prisma.$executeRaw(Prisma.sql`UPDATE api_keys SET ${sql} WHERE id = ${id}`));

  it('stores a hash, from which the text that was given out is known again', async () => {
    const { key, text } = await keys.create('dashboard', ['read', 'write'], null);
    const stored = await keys.find(key.id);
    expect(stored).toMatchObject({ ...key, name: 'dashboard', scopes: ['read', 'write'], expiresAt: null });
    expect(isSecretOf(parseApiKey(text)!.secret, stored!.secretHash)).toBe(true);
    const [row] = await postgres.rows<{ all: string }>(
      Prisma.sql`SELECT to_jsonb(api_keys)::text AS all FROM api_keys WHERE id = ${key.id}`,
    );
    expect(row?.all).not.toContain(parseApiKey(text)!.secret);
  });

  it('ends a key after the life that it was given', async () => {
    const { key } = await keys.create('short', ['read'], HOUR_MS);
    expect(key.expiresAt!.getTime() - key.createdAt.getTime()).toBe(HOUR_MS);
  });

  it('lists keys without anything secret', async () => {
    const { key } = await keys.create('listed', ['admin'], null);
    const listed = await keys.list();
    expect(listed[0]).toEqual(key);
    expect(Object.keys(listed[0]!)).not.toContain('secretHash');
  });

  it('rotates to a key of the same scopes and life, and lets the old one go on for a while', async () => {
    const { key } = await keys.create('job', ['write'], 90 * 24 * HOUR_MS);
    const { key: next, text } = await keys.rotate(key.id, 24 * HOUR_MS);
    expect(next).toMatchObject({ name: 'job', scopes: ['write'] });
    expect(parseApiKey(text)!.id).toBe(next.id);
    expect(next.expiresAt!.getTime() - next.createdAt.getTime()).toBe(90 * 24 * HOUR_MS);
    const old = (await keys.find(key.id))!;
    expect(Math.abs(old.expiresAt!.getTime() - next.createdAt.getTime() - 24 * HOUR_MS)).toBeLessThan(60_000);
  });

  it('never makes an old key live longer by rotating it', async () => {
    const { key } = await keys.create('soon', ['read'], HOUR_MS);
    await keys.rotate(key.id, 24 * HOUR_MS);
    expect((await keys.find(key.id))!.expiresAt).toEqual(key.expiresAt);
  });

  it('rotates a key once, also for two who do it at the same time, and says to which', async () => {
    const { key } = await keys.create('endless', ['read'], null);
    const both = await Promise.allSettled([keys.rotate(key.id, HOUR_MS), keys.rotate(key.id, HOUR_MS)]);
    const made = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value.key] : []));
    expect(made).toMatchObject([{ name: 'endless', expiresAt: null }]);
    await expect(keys.rotate(key.id, HOUR_MS)).rejects.toMatchObject({
      code: 'API_KEY_ROTATED',
      message: expect.stringContaining(made[0]!.id) as string,
    });
  });

  it('does not rotate what has ended or never was', async () => {
    const { key: revoked } = await keys.create('revoked', ['read'], null);
    await keys.revoke(revoked.id);
    await expect(keys.rotate(revoked.id, 0)).rejects.toThrow(ApiKeyEndedError);
    const { key: expired } = await keys.create('expired', ['read'], HOUR_MS);
    await end(expired.id, Prisma.sql`expires_at = clock_timestamp() - interval '1 second'`);
    await expect(keys.rotate(expired.id, 0)).rejects.toThrow(ApiKeyEndedError);
    await expect(keys.rotate('000000000000', 0)).rejects.toThrow(ApiKeyUnknownError);
  });

  it('revokes a key once, and says when', async () => {
    const { key } = await keys.create('gone', ['read'], null);
    const { revokedAt } = await keys.revoke(key.id);
    expect(revokedAt).toBeInstanceOf(Date);
    expect((await keys.revoke(key.id)).revokedAt).toEqual(revokedAt);
    await expect(keys.revoke('nobody')).rejects.toThrow(ApiKeyUnknownError);
  });

  it('notes a use to the hour, and writes once in it', async () => {
    const { key } = await keys.create('used', ['read'], null);
    await keys.noteUse(key.id);
    const { lastUsedAt } = (await keys.find(key.id))!;
    expect(lastUsedAt!.getTime() % HOUR_MS).toBe(0);
    const version = async () =>
      (await postgres.rows<{ v: string }>(Prisma.sql`SELECT xmin::text AS v FROM api_keys WHERE id = ${key.id}`))[0]!.v;
    const before = await version();
    await keys.noteUse(key.id);
    expect(await version()).toBe(before);
  });
});
