import { ManualScheduler } from '../testing/manual-scheduler';
import { BackOff } from './back-off';

const MINUTE_MS = 60_000;

it('doubles with each failure in a row, to five minutes at most', async () => {
  const time = new ManualScheduler();
  const backOff = new BackOff(time);
  const lengths: number[] = [];
  for (let i = 0; i < 6; i++) {
    lengths.push(backOff.failed('a', 'no source', MINUTE_MS));
    await time.advance(lengths.at(-1)! + 4_000); // The load that fails next takes its time.
  }
  expect(lengths.map((ms) => ms / MINUTE_MS)).toEqual([1, 2, 4, 5, 5, 5]);
});

it('doubles no further than it is told', () => {
  const backOff = new BackOff(new ManualScheduler());
  for (let i = 0; i < 3; i++) expect(backOff.failed('a', 'no source', MINUTE_MS, MINUTE_MS)).toBe(MINUTE_MS);
});

it('begins anew after a success, and after a failure of long ago', async () => {
  const time = new ManualScheduler();
  const backOff = new BackOff(time);
  for (const key of ['a', 'b']) backOff.failed(key, 'no source', MINUTE_MS);
  backOff.clear('a');
  expect(backOff.failed('a', 'no source', MINUTE_MS)).toBe(MINUTE_MS);
  await time.advance(6 * MINUTE_MS);
  expect(backOff.failed('b', 'no source', MINUTE_MS)).toBe(MINUTE_MS);
});

it('holds back until its end, and knows why', async () => {
  const time = new ManualScheduler();
  const backOff = new BackOff(time);
  backOff.failed('a', 'no source', MINUTE_MS);
  await time.advance(MINUTE_MS - 1);
  expect(backOff.current('a')).toMatchObject({ cause: 'no source', forMs: MINUTE_MS });
  await time.advance(1);
  expect(backOff.current('a')).toBeNull();
});
