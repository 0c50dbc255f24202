import { LegacyDatabase } from '@sluice/legacy';
import type { WriteBack } from '@sluice/migration';
import { makeSampleTree, type PlantedHazard } from '../sample';
import { stored, storedBacks, unequalCells, WriteBackBench } from './write-back.fixture';

let bench: WriteBackBench;
let hazards: readonly PlantedHazard[];
beforeAll(async () => {
  bench = await WriteBackBench.open();
  ({ hazards } = makeSampleTree({ dir: bench.source, seed: 11, rows: 2500, hazards: true, files: false }));
  await bench.migrate();
});
afterAll(() => bench.close());

const sourceOf = async (back: WriteBack): Promise<Map<string, Record<string, string>>> => {
  const quarantined = await bench.quarantined(back);
  return new Map([...stored(bench.sourceFile(back), back.table.name)].filter(([key]) => !quarantined.has(key)));
};

describe.each(storedBacks.map((back) => [back.table.name, back] as const))('%s', (name, back) => {
  it('comes back row by row and byte by byte where a state of the file before is at hand', async () => {
    const earlier = LegacyDatabase.open(bench.sourceFile(back));
    try {
      const { inserted } = await bench.writeAll(back, { earlier });
      const source = await sourceOf(back);
      expect(inserted).toBe(source.size);
      expect(inserted).toBeGreaterThan(0);
      expect(unequalCells(source, stored(bench.backFile(back), name))).toEqual([]);
    } finally {
      earlier.close();
    }
    const again = await bench.writeAll(back);
    expect(again).toEqual({ inserted: 0, updated: 0, deleted: 0, unchanged: again.unchanged });
  });

  it('comes back from PostgreSQL alone, but for what it does not hold', async () => {
    await bench.writeAll(back, { tree: 'alone' });
    const [source, alone] = [await sourceOf(back), stored(bench.backFile(back, 'alone'), name)];
    const lost = unequalCells(source, alone).filter((cell) => {
      const [key = '', column = ''] = cell.split(' ');
      return !isSameToPython(back, column, source.get(key)?.[column] ?? '', alone.get(key)?.[column] ?? '');
    });
    // An empty text that became NULL leaves no original.
    expect(lost).toEqual(
      hazards.flatMap((one) => (one.table === name && one.code === 'B15' ? [`${one.key} ${one.column}`] : [])),
    );
  });
});

/** jsonb knows no order of members, and `cost_usd` no digits of noise behind its eighth decimal. */
function isSameToPython({ table }: WriteBack, column: string, source: string, alone: string): boolean {
  const kind = table.columns[column]?.kind;
  if (kind === 'decimal') return Math.abs(Number(source.slice(5)) - Number(alone.slice(5))) <= 0.5e-8;
  if (kind !== 'json') return false;
  expect(JSON.parse(alone.slice(5))).toEqual(JSON.parse(source.slice(5)));
  return true;
}

describe('the declared order of members', () => {
  it.each(['pick_events', 'pick_agent_contributions', 'pick_outcomes', 'rl_policies'])(
    'brings the JSON of %s back byte by byte',
    async (name) => {
      const back = storedBacks.find(({ table }) => table.name === name)!;
      await bench.writeAll(back, { tree: 'ordered' });
      expect(unequalCells(await sourceOf(back), stored(bench.backFile(back, 'ordered'), name))).toEqual([]);
    },
  );
});
