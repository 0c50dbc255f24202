import type { CutoverStatus } from '@sluice/migration';
import { formatCutover } from './cutover-status';

const closed: CutoverStatus = {
  ...{ domain: 'runs', tables: ['top_picks_runs'], mode: 'new', epoch: 5n, reason: 'done', changedBy: 'Anna Rao' },
  ...{ changedAt: new Date('2026-11-21T20:27:31Z'), canRollBack: false, openDivergences: 0, next: null },
  brokenAudit: [],
};

it('says of a closed domain what the legacy program has written to it since, and what to do', () => {
  const lines = [
    'runs: new since 2026-11-21 20:27:31 UTC, by Anna Rao: done',
    '  closed: PostgreSQL alone, and no way back',
  ];
  expect(formatCutover([closed]).split('\n')).toEqual(lines);
  expect(formatCutover([{ ...closed, openDivergences: 2 }]).split('\n')).toEqual([
    ...lines,
    '  ✗ written in the legacy file since, or not settled: 2 rows',
    expect.stringMatching(/^ +→ Stop the legacy program; .*`sluice divergences list --domain runs`\.$/),
  ]);
});
