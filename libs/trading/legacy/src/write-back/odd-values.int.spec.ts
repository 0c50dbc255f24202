import { LegacyDatabase } from '@sluice/legacy';
import { makeNastyTree, type NastyRow } from '../sample';
import { stored, storedBacks, unequalCells, WriteBackBench } from './write-back.fixture';

let bench: WriteBackBench;
let planted: NastyRow[];
beforeAll(async () => {
  bench = await WriteBackBench.open();
  planted = makeNastyTree({ dir: bench.source, longTextBytes: 0 });
  await bench.migrate();
});
afterAll(() => bench.close());

/** SQLite keeps no minus on a zero, so the legacy file has none either; and what a rule made NULL or rounded is another value. */
const withoutOriginal = ['empty-to-null', 'text-to-boolean', 'real-to-boolean', 'rounded', 'date-only'];

describe.each(storedBacks.map((back) => [back.table.name, back] as const))('every odd value of %s', (name, back) => {
  it('comes back byte by byte where a state of the file before is at hand', async () => {
    const earlier = LegacyDatabase.open(bench.sourceFile(back));
    try {
      const { inserted } = await bench.writeAll(back, { earlier });
      const quarantined = await bench.quarantined(back);
      const source = new Map([...stored(bench.sourceFile(back), name)].filter(([key]) => !quarantined.has(key)));
      expect(inserted).toBe(source.size);
      expect(unequalCells(source, stored(bench.backFile(back), name))).toEqual([]);
    } finally {
      earlier.close();
    }
  });

  it('comes back from its kept original where there is one', async () => {
    const kept = planted.filter(
      ({ table, expected, rule }) =>
        table === name && expected === 'normalised' && rule !== undefined && !withoutOriginal.includes(rule),
    );
    const there = new Set((await bench.keys(back)).map(String));
    const keys = kept.filter(({ key }) => there.has(key));
    await bench.writeRows(
      back,
      'originals',
      keys.map(({ key }) => BigInt(key)),
    );
    const [source, written] = [stored(bench.sourceFile(back), name), stored(bench.backFile(back, 'originals'), name)];
    expect(keys.map(({ key, column }) => `${key} ${written.get(key)?.[column]}`)).toEqual(
      keys.map(({ key, column }) => `${key} ${source.get(key)?.[column]}`),
    );
  });
});
