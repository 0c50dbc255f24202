import Redis from 'ioredis';
import { openCacheStore, type CacheStore } from '@sluice/cache';
import { freshDatabase, freshRedis, tempDir } from '@sluice/testing';
import { float, integer, json, nullable, text, timestamp } from '../mapping/conversion';
import { aTable, Bench } from './specimen';
import { verifyCacheTable, type CacheReader, type CacheVerification } from './verify-cache-table';

const nowMs = Date.UTC(2026, 0, 9, 12);
const clock = { nowMs: () => nowMs };
const hourMs = 3_600_000;

const memory = aTable(
  { name: text, value: nullable(json()), weight: nullable(float), expires_at: nullable(timestamp({ zone: 'UTC' })) },
  {
    target: {
      kind: 'cache',
      cache: 'memory',
      entry: (row, now) => {
        if (row['name'] === 'bad') return { reject: 'a bad name' };
        const ttlMs = Number(row['expires_at']) - now;
        return ttlMs < 1
          ? { skip: 'expired' }
          : { key: `m:${String(row['name'])}`, value: String(row['value']), ttlMs };
      },
    },
  },
);

let bench: Bench;
let store: CacheStore;
let redis: Redis;

beforeAll(async () => {
  bench = await Bench.open(await tempDir(), await freshDatabase(), 'context.db');
  bench.source(
    'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, value TEXT, weight REAL, expires_at TIMESTAMP)',
    `INSERT INTO t VALUES (1, 'a', '{"x":50.0}', 1, '2026-01-09 13:00:00.000000'), (2, 'old', '1', 1, '2026-01-09 11:59:59'),
      (3, 'b', '1', 1, '2026-01-09 13:00:00'), (4, 'b', '[2]', 1, '2026-01-09 13:00:00'),
      (5, 'bad', '1', 1, '2026-01-09 13:00:00'), (6, 'c', '{', 1, '2026-01-09 13:00:00'),
      (7, 'nan', '{"y": NaN, "x": 1}', 1, '2026-01-09 13:00:00'), (8, 'soon', '8', 1, '2026-01-09 12:00:30')`,
  );
  const { url } = await freshRedis();
  [store, redis] = [await openCacheStore(url), new Redis(url)];
});

afterAll(async () => {
  await redis.flushdb();
  redis.disconnect();
  await Promise.all([store.close(), bench.close()]);
});

/** As a load leaves it; `soon` has expired since. */
beforeEach(async () => {
  await redis.flushdb();
  const values = { 'm:a': '{"x":50.0}', 'm:b': '[2]', 'm:nan': '{"y": null, "x": 1}' };
  await store.setMany(Object.entries(values).map(([key, value]) => ({ key, value, ttlMs: hourMs })));
  await bench.target.query('DELETE FROM migration_originals');
  await bench.target.query(`INSERT INTO migration_originals VALUES ('t', '7', 'value', 'non-finite-to-null', $1)`, [
    Buffer.from('{"y": NaN, "x": 1}'),
  ]);
});

const state = {
  rows: async <Row extends object>(sql: string, values?: unknown[]) =>
    (await bench.target.query<Row>(sql, values)).rows,
};
const verify = (quarantined = new Set(['5', '6']), cache: CacheReader = store): Promise<CacheVerification> =>
  bench.read((database) =>
    verifyCacheTable({ database, table: memory, cache, state, clock, ttlToleranceMs: 60_000, quarantined }),
  );

it('proves values and lives, and says what was skipped', async () => {
  expect(await verify()).toMatchObject({
    clean: true,
    rowsSource: 8n,
    rowsTarget: 3n,
    rowsQuarantined: 2n,
    rowsSkipped: 3n,
    skipped: { expired: 2, superseded: 1 },
    found: [],
    remarks: [],
  });
});

const changed = { rowKey: '4', entry: 'm:b', kind: 'changed' };
it.each<[string, () => Promise<unknown>, object]>([
  ['a missing entry', () => redis.del('m:a'), { rowKey: '1', entry: 'm:a', kind: 'missing' }],
  [
    'a changed byte',
    () => redis.setrange('m:b', 1, '3'),
    { ...changed, column: 'value', source: '[2]', target: '[3]' },
  ],
  ['a byte more', () => redis.append('m:b', ' '), { ...changed, column: 'value', target: '[2] ' }],
  ['a superseded value', () => redis.set('m:b', '1', 'KEEPTTL'), { ...changed, column: 'value', target: '1' }],
  ['a life that is too short', () => redis.pexpire('m:b', hourMs - 61_000), { ...changed, column: 'ttl' }],
  ['a life that is too long', () => redis.pexpire('m:b', hourMs + 70_000), { ...changed, column: 'ttl' }],
  ['a life without end', () => redis.persist('m:b'), { ...changed, column: 'ttl', target: 'no end' }],
  [
    'a value of another Redis type',
    () => redis.multi().del('m:b').rpush('m:b', '[2]').pexpire('m:b', hourMs).exec(),
    { ...changed, column: 'type', target: 'another Redis type' },
  ],
  [
    'another value where a rule changed it',
    () => redis.set('m:nan', '{"x":2,"y":null}', 'KEEPTTL'),
    { rowKey: '7', entry: 'm:nan', column: 'value' },
  ],
  [
    'an original that was not kept',
    () => bench.target.query('DELETE FROM migration_originals'),
    { rowKey: '7', column: 'value', kind: 'missing', source: 'original {"y": NaN, "x": 1}' },
  ],
])('names %s', async (_name, mutate, difference) => {
  await mutate();
  const result = await verify();
  expect(result.found).toEqual([expect.objectContaining(difference)]);
  expect(result.clean).toBe(false);
});

it('names the type and the life of one key', async () => {
  await redis.multi().del('m:b').sadd('m:b', '[2]').exec();
  expect((await verify()).found.map(({ column, target }) => [column, target])).toEqual([
    ['type', 'another Redis type'],
    ['ttl', 'no end'],
  ]);
});

it('takes an entry for what it is that was written between the two questions', async () => {
  await redis.del('m:b');
  const late: CacheReader = {
    readMany: (entries) => store.readMany(entries),
    ttlMsMany: async (keys) => {
      await store.setMany([{ key: 'm:b', value: '[2]', ttlMs: hourMs }]);
      return store.ttlMsMany(keys);
    },
  };
  expect((await verify(undefined, late)).clean).toBe(true);
});

it('takes JSON that a rule changed for the same where only blanks and order differ', async () => {
  await redis.set('m:nan', '{"x":1,"y":null}', 'KEEPTTL');
  expect((await verify()).clean).toBe(true);
});

it('says of an empty cache what to do', async () => {
  await redis.flushdb();
  const { found, remarks, differences } = await verify();
  expect(differences).toBe(3n);
  expect(found.map(({ entry }) => entry)).toEqual(['m:nan', 'm:b', 'm:a']);
  expect(remarks).toEqual([expect.stringMatching(/^t: the cache lacks 3 of 3 entries .*`sluice migrate --only t`/)]);
});

it('says of other values that a load leaves them alone', async () => {
  await redis.set('m:b', '"newer"', 'KEEPTTL');
  expect((await verify()).remarks).toEqual([
    expect.stringMatching(/^t: in the cache 1 of 3 entries differ .* may be newer/),
  ]);
});

it('names rows that belong into quarantine, and rows that do not', async () => {
  const { found } = await verify(new Set(['1', '5']));
  expect(found.map(({ rowKey, column, kind }) => [rowKey, column, kind])).toEqual([
    ['6', 'value', 'missing'],
    ['1', null, 'missing'],
  ]);
});

it('names keys in quarantine that the file does not have', async () => {
  const result = await verify(new Set(['5', '6', '99']));
  expect(result).toMatchObject({ clean: false, rowsQuarantined: 2n });
  expect(result.found).toEqual([
    { rowKey: '99', column: null, kind: 'extra', source: null, target: 'in quarantine, but not in the source' },
  ]);
});

it('refuses a table that goes to PostgreSQL', async () => {
  const table = aTable({ name: text, id: integer });
  const attempt = bench.read((database) =>
    verifyCacheTable({ database, table, cache: store, state, clock, ttlToleranceMs: 1, quarantined: new Set() }),
  );
  await expect(attempt).rejects.toMatchObject({ code: 'VERIFY_UNSUPPORTED' });
});
