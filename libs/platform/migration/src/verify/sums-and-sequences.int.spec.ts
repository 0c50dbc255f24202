import { freshDatabase, tempDir } from '@sluice/testing';
import { decimalText, exactParts, scaledHalfEven } from './decimal-text';
import { decimal, float, integer, nullable } from '../mapping/conversion';
import { aTable, Bench } from './specimen';
import { totals } from './totals';
import { verifySequence } from './verify-sequence';

const table = aTable({
  n: nullable(integer),
  f: nullable(float),
  d: nullable(decimal({ precision: 20, scale: 2 })),
});

/** Of 2^-100. */
function units(value: number): bigint {
  const { mantissa, exponent } = exactParts(value);
  return exponent + 100 >= 0 ? mantissa << BigInt(exponent + 100) : mantissa >> BigInt(-exponent - 100);
}

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

  it('tell of a rounded column what its rows lost together, to the last bit', async () => {
    const residuals = async (): Promise<unknown[]> => (await read()).map(({ residual }) => residual);
    expect(await residuals()).toEqual([null, null, null, -0.004999999999999893]);
    await bench.target.query('UPDATE t SET d = 1.01 WHERE id = 1');
    expect((await residuals())[3]).toBeCloseTo(0.00500000000000011, 16);
  });

  it('find the residual of many amounts of any size, beside which a sum of doubles is blind', async () => {
    const amounts = Array.from({ length: 3000 }, (_, i) => Math.sin(i) * 10 ** (i % 8));
    const scaled = amounts.map((amount) => scaledHalfEven(amount, 2));
    bench.source(
      'DELETE FROM t',
      `INSERT INTO t (id, d) VALUES ${amounts.map((amount, i) => `(${i}, ${amount})`).join()}`,
    );
    const stored = amounts.map((_, i) => `(${i}, ${decimalText(scaled[i]!, { precision: 20, scale: 2 })})`);
    await bench.target.query(`TRUNCATE t; INSERT INTO t (id, d) VALUES ${stored.join()}`);
    const found = (await read())[3];
    // Each double is a whole number of 2^-100: exact, and nothing is taken from the code that is tested.
    const exact = amounts.reduce((sum, amount, i) => sum + 100n * units(amount) - (scaled[i]! << 100n), 0n);
    const wanted = -Number(exact) / 100 / 2 ** 100;
    expect(Math.abs(wanted)).toBeGreaterThan(0.01);
    expect(found!.residual).toBeCloseTo(wanted, 9);
    expect(found!.equal).toBe(true);
    await bench.target.query('UPDATE t SET d = d + 20 WHERE id = 7');
    expect((await read())[3]!.equal).toBe(false);
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
