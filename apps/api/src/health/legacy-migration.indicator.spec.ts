import { stateOf } from './legacy-migration.indicator';

const table = (status: string, clean?: boolean) => ({
  status,
  verification: clean === undefined ? null : { clean, finishedAt: '2026-01-10T00:00:00.000Z' },
});

describe('stateOf', () => {
  it.each([
    ['none', []],
    ['copying', [table('copied', true), table('copying')]],
    ['copied', [table('copied', true), table('copied')]],
    ['verified', [table('copied', true), table('copied', true)]],
    ['differs', [table('copying'), table('copied', false)]],
  ])('is %s', (state, tables) => expect(stateOf(tables)).toBe(state));
});
