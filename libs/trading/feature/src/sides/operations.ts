import { exact, float, ignored, instant, json, listOf, record, type Shape } from './comparison';
import type { SharedOperation } from './domain-reads';

const operations = <N extends string>(
  domain: string,
  named: Readonly<Record<N, { readonly answer: Shape; readonly isPrivate?: boolean }>>,
): Readonly<Record<N, SharedOperation>> =>
  Object.fromEntries(
    Object.entries<{ readonly answer: Shape }>(named).map(([name, rest]) => [
      name,
      { domain, name: `${domain}.${name}`, ...rest },
    ]),
  ) as Record<N, SharedOperation>;

/** Texts, whole numbers and flags are compared exactly. */
const exactly = (...names: string[]): Record<string, Shape> => Object.fromEntries(names.map((name) => [name, exact]));
const instants = (...names: string[]): Record<string, Shape> =>
  Object.fromEntries(names.map((name) => [name, instant]));

const counts = exactly('trigger', 'total_analyzed', 'filtered_count', 'picks_count');
const run = record({
  ...{ ...exactly('run_id', 'universe', 'mode'), ...counts, ...instants('generated_at_utc') },
  elapsed_sec: float,
});

/** System C. */
export const runOperations = operations('runs', {
  list: { answer: listOf(record({ id: exact, run, payload: json })) },
  listLatestWithPicks: {
    answer: listOf(record({ ...exactly('universe', 'mode', 'items', 'asOf'), elapsedSec: float })),
  },
  findLatestWithPicks: {
    answer: record({ runId: exact, generatedAtUtc: instant, elapsedSec: float, payload: json }),
  },
});

/** The whole of a run is JSON text on both sides. */
export const runTextOperations = operations('runs', {
  find: { answer: record({ version: ignored('of the row in PostgreSQL, and of the text in the file'), text: json }) },
});
