import { freshDatabase, tempDir } from '@sluice/testing';
import { decimal, float, integer, nullable } from '../mapping/conversion';
import { aTable, Bench } from './specimen';
import { totals } from './totals';
import { verifySequence } from './verify-sequence';

const table = aTable({
  n: nullable(integer),
  f: nullable(float),
  d: nullable(decimal({ precision: 20, scale: 2 })),
});

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open(await tempDir(), await freshDatabase());
  bench.source(
    'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER, f REAL, d REAL)',
    'INSERT INTO t VALUES (1, 4611686018427387904, 0.1, 1.005), (2, 5, 0.2, 2), (3, NULL, 0.3, NULL), (9, 1, 1, 1)',
    'DELETE FROM t WHERE id = 9',
  );
  await bench.target.query('CREATE TABLE t (id bigserial PRIMARY KEY, n bigint, f float8, d numeric(20,2))');
  await bench.target.query(
    'INSERT INTO t VALUES (1, 4611686018427387904, 0.1, 1.00), (2, 5, 0.2, 2), (3, NULL, 0.3, NULL)',
  );
});

afterEach(() => bench.close());

describe('totals', () => {
  const read = (): ReturnType<typeof totals> => bench.read((database) => totals(database, table, bench.target));

  it('are equal on equal sides', async () => {
    const found = await read();
    expect(found.map(({ column, exact, equal }) => [column, exact, equal])).toEqual([
      ['id', true, true],
      ['n', true, true],
      ['f', false, true],
      ['d', false, true],
    ]);
    expect(found[1]).toMatchObject({
      sourceCount: 2n,
      sourceSum: '4611686018427387909',
      targetSum: '4611686018427387909',
    });
  });

  it('show a changed integer, double and count', async () => {
    await bench.target.query('UPDATE t SET n = n + 1 WHERE id = 2; UPDATE t SET f = 0.21 WHERE id = 2');
    await bench.target.query('UPDATE t SET d = 0 WHERE id = 3');
    expect((await read()).filter(({ equal }) => !equal).map(({ column }) => column)).toEqual(['n', 'f', 'd']);
  });

  it('leave quarantined rows out', async () => {
    await bench.target.query('DELETE FROM t WHERE id = 2');
    const found = await bench.read((database) => totals(database, table, bench.target, new Set(['2'])));
    expect(found.every(({ equal }) => equal)).toBe(true);
  });
});

describe('verifySequence', () => {
  const read = (): ReturnType<typeof verifySequence> =>
    bench.read((database) => verifySequence(database, table, bench.target));

  it('is clean where the next id is above every id that was ever used', async () => {
    await bench.target.query("SELECT setval('t_id_seq', 10, false)");
    expect(await read()).toEqual({ nextId: 10n, highWater: 9n, clean: true });
  });

  it('is not clean where a deleted id would be used again', async () => {
    await bench.target.query("SELECT setval('t_id_seq', 8)");
    expect(await read()).toEqual({ nextId: 9n, highWater: 9n, clean: false });
  });

  it('is not clean without a sequence', async () => {
    await bench.target.query('ALTER TABLE t ALTER id DROP DEFAULT; DROP SEQUENCE t_id_seq');
    expect(await read()).toEqual({ nextId: null, highWater: 9n, clean: false });
  });
});
