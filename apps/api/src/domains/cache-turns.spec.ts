import type { KnownMode } from '@sluice/postgres';
import { CacheTurns } from './cache-turns';

type Listener = (domain: string, before: KnownMode | undefined, after: KnownMode | undefined) => void;

it('empties the picks when their domain changes its mode, however often that fails, and for no other domain', async () => {
  const outcomes = [new Error('Redis is away'), new Error('still'), null];
  const errors: unknown[] = [];
  let listener: Listener = () => undefined;
  let turn: Promise<void> | undefined;
  const turns = new CacheTurns({
    modes: { onChange: (heard) => void (listener = heard) },
    reads: { turnCaches: (_domain, emptied) => (turn = emptied().then(() => undefined)) },
    caches: {
      latestPicks: {
        clear: () => {
          const error = outcomes.shift();
          return error ? Promise.reject(error) : Promise.resolve({ removed: 1 } as never);
        },
      },
    },
    log: { event: () => undefined },
    onError: (error) => errors.push(error),
    retryMs: 0,
  });
  turns.start();
  listener('picks', undefined, { mode: 'legacy', epoch: '1' });
  expect(turn).toBeUndefined();
  listener('runs', { mode: 'cutover', epoch: '4' }, { mode: 'new', epoch: '5' });
  await turn;
  expect([errors.length, outcomes]).toEqual([2, []]);
});
