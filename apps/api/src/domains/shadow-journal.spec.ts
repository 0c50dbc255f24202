import type { NewShadowDifference, ShadowOperationCounts } from '@sluice/postgres';
import type { ShadowFinding } from '@sluice/trading-feature';
import { ShadowJournal } from './shadow-journal';

const finding = (verdict: ShadowFinding['verdict'], fields?: string): ShadowFinding => ({
  ...{ domain: 'runs', epoch: '2', operation: 'runs.list', verdict },
  ...(fields === undefined
    ? {}
    : { difference: { fields, explanation: null, parameters: [], legacyAnswer: '1', targetAnswer: '2' } }),
});

describe('ShadowJournal', () => {
  const written: { counts: readonly ShadowOperationCounts[]; differences: readonly NewShadowDifference[] }[] = [];
  const errors: unknown[] = [];
  const state = { isAway: false };
  const stored = {
    add: (counts: readonly ShadowOperationCounts[], differences: readonly NewShadowDifference[]) => {
      if (state.isAway) return Promise.reject(new Error('away'));
      written.push({ counts, differences });
      return Promise.resolve();
    },
  };
  const journal = new ShadowJournal(stored, (error) => errors.push(error));
  beforeEach(() => {
    written.length = 0;
    state.isAway = false;
  });

  it('writes sums, and one example of what differs in the same fields', async () => {
    for (const one of [finding('equal'), finding('equal'), finding('unexplained', 'a'), finding('unexplained', 'a')])
      journal.note(one);
    await journal.flush();
    expect(written).toEqual([
      {
        counts: [
          expect.objectContaining({ operation: 'runs.list', epoch: '2', equal: 2, unexplained: 2, explained: 0 }),
        ],
        differences: [expect.objectContaining({ fields: 'a', times: 2, legacyAnswer: '1' })],
      },
    ]);
    await journal.flush();
    expect(written).toHaveLength(1);
  });

  it('keeps what could not be written, and adds to it', async () => {
    state.isAway = true;
    journal.note(finding('unexplained', 'a'));
    await journal.flush();
    expect(errors).toEqual([new Error('away')]);
    state.isAway = false;
    journal.note(finding('unexplained', 'a'));
    journal.note(finding('skipped'));
    await journal.flush();
    expect(written[0]?.counts).toEqual([expect.objectContaining({ unexplained: 2, skipped: 1, equal: 0 })]);
    expect(written[0]?.differences).toEqual([expect.objectContaining({ times: 2 })]);
  });

  it('counts every difference, also of more kinds than it keeps', async () => {
    for (let at = 0; at < 150; at++) journal.note(finding('unexplained', `field ${at}`));
    await journal.flush();
    expect(written[0]?.counts).toEqual([expect.objectContaining({ unexplained: 150 })]);
    expect(written[0]?.differences).toHaveLength(100);
  });
});
