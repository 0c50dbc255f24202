import type { LabelReading } from '@sluice/migration';
import { makeSampleTree } from '../sample';
import { aiRecommendationsBack as back } from './ai-recommendations.write-back';
import { stored, unequalCells, WriteBackBench } from './write-back.fixture';

let bench: WriteBackBench;
beforeEach(async () => {
  bench = await WriteBackBench.open();
  makeSampleTree({ dir: bench.source, seed: 5, rows: 800, hazards: false, files: false });
});
afterEach(() => bench.close());

const times = (file: string): Map<string, Record<string, string>> =>
  new Map([...stored(file, 'ai_recommendations')].map(([key, row]) => [key, { time: row['generated_at_utc']! }]));

describe("India's wall clock under the label Z", () => {
  it.each<LabelReading>(['as-labelled', 'proven', 'all'])(
    'goes back as it was where it was read %s',
    async (reading) => {
      const choices = { 'ai_recommendations.generated_at_utc': reading };
      await bench.migrate(choices);
      // Without the kept originals: what the legacy program writes has to be found by itself.
      await bench.client.query('DELETE FROM migration_originals');
      await bench.writeAll(back, { choices });
      expect(unequalCells(times(bench.sourceFile(back)), times(bench.backFile(back)))).toEqual([]);
    },
  );

  it('is what a new run has, too', async () => {
    const choices = { 'ai_recommendations.generated_at_utc': 'proven' } as const;
    await bench.migrate(choices);
    await bench.client.query(
      `UPDATE ai_recommendations SET generated_at_utc = '2026-01-14 20:00:00.5+00', run_id = 'nifty50:Swing:2026-01-14T20:01:10.5'
        WHERE id = 1`,
    );
    await bench.writeAll(back, { choices });
    expect(times(bench.backFile(back)).get('1')).toEqual({ time: 'text 2026-01-15T01:30:00.500000Z' });
  });
});
