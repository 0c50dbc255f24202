import path from 'node:path';
import { run } from '@sluice/testing';
import { simulate } from './simulation';

const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 300);
const FROM = Number(process.env['SIMULATION_FROM'] ?? 1);
const SIMULATE = path.resolve(__dirname, '../../../../../tools/simulate-cache.cjs');
/** A machine that is busy with other things is slow; virtual time is not. */
const SUITE_LIMIT_MS = 600_000;

describe('many nodes over one server, with everything going wrong', () => {
  // By the command of the long run, in a process of its own: inside Jest the same seeds take several times as long.
  it(
    `holds what the engine promises for the seeds from ${FROM} on`,
    async () => {
      const args = [SIMULATE, '--seeds', String(SEEDS), '--from', String(FROM)];
      const { code, stdout } = await run(process.execPath, args, { deadlineMs: SUITE_LIMIT_MS });
      expect(stdout).toMatch(new RegExp(`^${SEEDS} seeds, [1-9]\\d* fresh answers checked, 0 seeds failed\\n$`));
      expect(code).toBe(0);
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
