import { inStepMs } from './in-step';

describe('inStepMs', () => {
  it.each([
    [10_000, 1_000],
    [10_400, 600],
    [10_500, 500],
    [10_501, 1_499],
    [10_999, 1_001],
  ])('at %p ms ends on a whole second, after %p ms', (nowMs, leftMs) => {
    expect(inStepMs(1_000, nowMs)).toBe(leftMs);
    expect((nowMs + leftMs) % 1_000).toBe(0);
  });
});
