import type { LiveValues } from '@sluice/redis';
import { QuickReads } from './quick-reads';
import type { ReadEntry, ReadRequest } from './tier2';

const HOUR_MS = 3_600_000;
const lease = { lifeMs: 10_000, belowMs: 5_000 };
const byScript = (key: string): ReadEntry => ({
  payload: `script ${key}`,
  lifeMs: 1,
  lease: 'granted',
  ticket: { token: 't', epoch: 'e', tagStamp: '' },
});

/** A lane that answers from `held`, and what was asked of it and of the script. */
function aQuickReads(held: Record<string, readonly [value: string | null, leftMs: number]>) {
  const asked = { lane: [] as string[], script: [] as string[] };
  const state: { lane: 'up' | 'down' | 'breaks' | 'late'; script: 'granted' | 'none' } = {
    lane: 'up',
    script: 'granted',
  };
  const lane = {
    read<T>(
      keys: readonly string[],
      _kind: string,
      use: (live: LiveValues | null) => T | Promise<T>,
    ): Promise<T> | null {
      if (state.lane === 'down') return null;
      asked.lane.push(...keys);
      if (state.lane === 'breaks') return Promise.resolve(use(null));
      if (state.lane === 'late') return Promise.reject(new Error('late'));
      const found = keys.map((key) => held[key] ?? ([null, -2] as const));
      return Promise.resolve(
        use({ values: found.map(([value]) => value), livesMs: found.map(([, leftMs]) => leftMs) }),
      );
    },
    close: () => undefined,
  };
  const script = async ({ keys }: ReadRequest) => {
    asked.script.push(...keys);
    return keys.map((key) => ({ ...byScript(key), lease: state.script }));
  };
  const quick = new QuickReads(lane, script);
  const read = (keys: string[], over: Partial<ReadRequest> = {}) =>
    quick.read({ space: { name: 'x', kind: 'text' }, keys, lease, ...over });
  return { asked, state, read };
}

it('answers what is fresh without the script', async () => {
  const { asked, read } = aQuickReads({ a: ['1', HOUR_MS], b: ['2', -1] });
  expect(await read(['a', 'b'])).toEqual([
    { payload: '1', lifeMs: HOUR_MS, lease: 'none', ticket: null },
    { payload: '2', lifeMs: Infinity, lease: 'none', ticket: null },
  ]);
  expect(asked.script).toEqual([]);
});

it('asks the script for the lease of what is missing or old, and for nothing else', async () => {
  const { asked, read } = aQuickReads({ fresh: ['1', HOUR_MS], old: ['2', 5_000], between: ['3', -2] });
  const entries = await read(['old', 'fresh', 'none', 'between']);
  expect(entries?.map(({ payload }) => payload)).toEqual(['script old', '1', 'script none', 'script between']);
  expect(asked.script).toEqual(['old', 'none', 'between']);
});

it('believes without a lease what is old or missing, and asks about what has a life and no value', async () => {
  const { asked, read } = aQuickReads({ old: ['2', 5], hash: [null, HOUR_MS], between: ['3', -2] });
  const entries = await read(['old', 'none', 'hash', 'between'], { lease: undefined });
  expect(entries?.map(({ payload, lifeMs }) => [payload, lifeMs])).toEqual([
    ['2', 5],
    [null, 0],
    ['script hash', 1],
    [null, 0],
  ]);
  expect(asked.script).toEqual(['hash']);
});

it('leaves to the script what has tags or is no text, and everything while the lane is down', () => {
  const { state, read } = aQuickReads({});
  expect(read(['a'], { tags: [['t']] })).toBeNull();
  expect(read(['a'], { space: { name: 'x', kind: 'hash' } })).toBeNull();
  expect(read([])).toBeNull();
  state.lane = 'down';
  expect(read(['a'])).toBeNull();
});

it('asks the script where the lane breaks, and not again where an answer is late', async () => {
  const { asked, state, read } = aQuickReads({ a: ['1', HOUR_MS] });
  state.lane = 'breaks';
  expect(await read(['a'])).toEqual([byScript('a')]);
  state.lane = 'late';
  await expect(read(['a'])).rejects.toThrow('late');
  expect(asked.script).toEqual(['a']);
});

it('goes to the script at once where most reads end there, and comes back when they no longer do', async () => {
  const { asked, state, read } = aQuickReads({ a: ['1', HOUR_MS] });
  for (let i = 0; i < 5; i++) await read(['none']);
  expect(asked.lane).toEqual(['none', 'none']);
  await read(['elsewhere'], { space: { name: 'y', kind: 'text' } });
  state.script = 'none';
  for (let i = 0; i < 4; i++) await read(['a']);
  expect(asked.lane).toEqual(['none', 'none', 'elsewhere', 'a', 'a']);
});
