import { freshDatabase, tempDir } from '@sluice/testing';
import { float, integer, json, nullable, text, timestamp } from '../mapping/conversion';
import { aTable, Bench } from './specimen';
import { verifyCacheTable, type CacheReader, type CacheVerification } from './verify-cache-table';

const nowMs = Date.UTC(2026, 0, 9, 12);
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

class FakeCache implements CacheReader {
  readonly entries = new Map<string, { value: string; ttlMs: number | null }>();

  put(key: string, value: string, ttlMs: number | null = hourMs): this {
    this.entries.set(key, { value, ttlMs });
    return this;
  }

  getMany(keys: readonly string[]): Promise<(string | null)[]> {
    return Promise.resolve(keys.map((key) => this.entries.get(key)?.value ?? null));
  }

  ttlMsMany(keys: readonly string[]): Promise<(number | null)[]> {
    return Promise.resolve(keys.map((key) => this.entries.get(key)?.ttlMs ?? null));
  }
}

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open(await tempDir(), await freshDatabase(), 'context.db');
  bench.source(
    'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, value TEXT, weight REAL, expires_at TIMESTAMP)',
    `INSERT INTO t VALUES (1, 'a', '{"x":50.0}', 1, '2026-01-09 13:00:00.000000'), (2, 'old', '1', 1, '2026-01-09 11:59:59'),
      (3, 'b', '1', 1, '2026-01-09 13:00:00'), (4, 'b', '[2]', 1, '2026-01-09 13:00:00'),
      (5, 'bad', '1', 1, '2026-01-09 13:00:00'), (6, 'c', '{', 1, '2026-01-09 13:00:00')`,
  );
});

afterAll(() => bench.close());

const verify = (cache: CacheReader, quarantined = new Set(['5', '6'])): Promise<CacheVerification> =>
  bench.read((database) =>
    verifyCacheTable({ database, table: memory, cache, nowMs, ttlToleranceMs: 60_000, quarantined }),
  );

const good = (): FakeCache => new FakeCache().put('m:a', '{"x":50.0}').put('m:b', '[2]');

it('proves values and lives, and says what was skipped', async () => {
  expect(await verify(good())).toMatchObject({
    clean: true,
    rowsSource: 6n,
    rowsTarget: 2n,
    rowsQuarantined: 2n,
    rowsSkipped: 2n,
    skipped: { expired: 1, superseded: 1 },
    found: [],
  });
});

it.each<[string, FakeCache, object]>([
  ['a missing entry', new FakeCache().put('m:b', '[2]'), { rowKey: '1', column: null, kind: 'missing', source: 'm:a' }],
  ['a changed value', good().put('m:a', '{"x":50.00}'), { rowKey: '1', column: 'value', kind: 'changed' }],
  ['a superseded value', good().put('m:b', '1'), { rowKey: '4', column: 'value', source: '[2]', target: '1' }],
  [
    'a life that is too short',
    good().put('m:b', '[2]', hourMs - 61_000),
    { rowKey: '4', column: 'ttl', kind: 'changed' },
  ],
  ['a life without end', good().put('m:b', '[2]', null), { rowKey: '4', column: 'ttl', target: null }],
])('names %s', async (_name, cache, difference) => {
  const result = await verify(cache);
  expect(result.found).toEqual([expect.objectContaining(difference)]);
  expect(result.clean).toBe(false);
});

it('takes JSON that differs in blanks alone for the same', async () => {
  expect((await verify(good().put('m:a', '{ "x": 50.0 }'))).clean).toBe(true);
});

it('names rows that belong into quarantine, and rows that do not', async () => {
  const { found } = await verify(good(), new Set(['1', '5']));
  expect(found.map(({ rowKey, column, kind }) => [rowKey, column, kind])).toEqual([
    ['6', 'value', 'missing'],
    ['1', null, 'missing'],
  ]);
});

it('refuses a table that goes to PostgreSQL', async () => {
  const table = aTable({ name: text, id: integer });
  const attempt = bench.read((database) =>
    verifyCacheTable({ database, table, cache: good(), nowMs, ttlToleranceMs: 1, quarantined: new Set() }),
  );
  await expect(attempt).rejects.toMatchObject({ code: 'VERIFY_UNSUPPORTED' });
});
