import { paceOf } from './pace';

const never = new AbortController().signal;
beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Whether the wait is over after so much more time. */
async function isOver(wait: Promise<void>, afterMs: number): Promise<boolean> {
  let over = false;
  void wait.then(() => (over = true));
  await jest.advanceTimersByTimeAsync(afterMs);
  return over;
}

it('waits until the rows so far are no more than the rate allows', async () => {
  const pace = paceOf(100);
  const first = pace(50, never);
  expect([await isOver(first, 499), await isOver(first, 1)]).toEqual([false, true]);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await isOver(pace(100, never), 0)).toBe(true);
});

it('keeps nobody waiting without a rate', async () => {
  expect(await isOver(paceOf(undefined)(1_000_000, never), 0)).toBe(true);
});

it('ends its wait at once when the work is told to stop', async () => {
  const stop = new AbortController();
  const wait = paceOf(1)(1_000, stop.signal);
  expect(await isOver(wait, 10)).toBe(false);
  stop.abort();
  expect(await isOver(wait, 0)).toBe(true);
  expect(jest.getTimerCount()).toBe(0);
});
