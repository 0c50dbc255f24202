import { simulate, type SimulationOutcome } from './simulation';

const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 300);
const FROM = Number(process.env['SIMULATION_FROM'] ?? 1);
/** A machine that is busy with other things is slow; virtual time is not. */
const SUITE_LIMIT_MS = 600_000;

describe('many nodes over one server, with everything going wrong', () => {
  it(
    `holds what the engine promises for the seeds from ${FROM} on`,
    async () => {
      const failed: SimulationOutcome[] = [];
      let answers = 0;
      for (let seed = FROM; seed < FROM + SEEDS; seed++) {
        const outcome = await simulate(seed);
        answers += outcome.answers;
        if (outcome.violations.length > 0) failed.push(outcome);
      }
      expect(failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
      expect(answers).toBeGreaterThan(SEEDS);
    },
    SUITE_LIMIT_MS,
  );

  it.each([
    [41, 'a node that does not hear its own late deliveries'],
    [441, 'a store under an epoch that has ended'],
    [493, 'a stale value from memory past the ceiling'],
  ])('still holds for seed %i, which found %s', async (seed) => {
    const { violations, answers } = await simulate(seed);
    expect({ violations, hasAnswers: answers > 0 }).toEqual({ violations: [], hasAnswers: true });
  });

  it('runs the same way for the same seed', async () => {
    const [once, again] = [await simulate(7, { isTraced: true }), await simulate(7, { isTraced: true })];
    expect(once.trace.length).toBeGreaterThan(20);
    expect(again).toEqual(once);
  });
});
