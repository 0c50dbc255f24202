import { summaryOf } from './legacy-follow.indicator';

const table = (state: 'following' | 'ended' | 'failed' | 'lost', lagSeconds: number | null = 0, lagRows = 0) => ({
  ...{ state, lagSeconds, lagRows },
});

describe('summaryOf', () => {
  it.each([
    ['none', false, []],
    ['following', false, [table('following'), table('following', 3)]],
    ['following', true, [table('following'), table('following', 61)]],
    ['ended', false, [table('following'), table('ended', 9_000)]],
    ['lost', true, [table('lost'), table('ended')]],
    ['failed', true, [table('lost'), table('failed'), table('following')]],
  ] as const)('is %s and degraded %s', (state, degraded, tables) =>
    expect(summaryOf(tables)).toMatchObject({ state, degraded }),
  );

  it('has the longest lag and all changes that are to come, and no lag where one is not known', () => {
    expect(summaryOf([table('following', 2, 5), table('following', 7.4, 6)])).toMatchObject({
      lagSeconds: 7,
      lagRows: 11,
    });
    expect(summaryOf([table('following', null), table('following', 7)]).lagSeconds).toBeNull();
  });
});
