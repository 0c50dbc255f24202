import { RateLimits } from './rate-limits';
import type { Windows } from './shared-windows';

/** The shared counters, in memory; `isAway` as a Redis that cannot be had. */
class FakeWindows implements Windows {
  readonly sums = new Map<string, number>();
  asked = 0;
  isAway = false;

  async add(who: string, window: number, count: number): Promise<number | null> {
    this.asked++;
    if (this.isAway) return null;
    const sum = (this.sums.get(`${who}:${window}`) ?? 0) + count;
    this.sums.set(`${who}:${window}`, sum);
    return sum;
  }
}

const grantedOf = async (limits: RateLimits, caller: string, limit: number, tries: number): Promise<number> => {
  const all = await Promise.all(Array.from({ length: tries }, () => limits.take(caller, limit)));
  return all.filter(({ isGranted }) => isGranted).length;
};

const START_MS = 120_000;

function setUp(windows: Windows | null = new FakeWindows(), maxCallers?: number) {
  const time = { nowMs: START_MS };
  return { time, limits: new RateLimits(windows, { nowMs: () => time.nowMs }, maxCallers) };
}

describe('RateLimits', () => {
  it.each([1, 7, 19, 20, 21, 100, 6_000])(
    'grants %d in a minute, not one more, and as many in the next',
    async (limit) => {
      const { limits, time } = setUp();
      expect(await grantedOf(limits, 'a', limit, limit + 50)).toBe(limit);
      time.nowMs += 60_000;
      expect(await grantedOf(limits, 'a', limit, limit + 50)).toBe(limit);
    },
  );

  it('counts each caller by itself', async () => {
    const { limits } = setUp();
    await grantedOf(limits, 'a', 5, 10);
    expect(await grantedOf(limits, 'b', 5, 10)).toBe(5);
  });

  it('grants the limit once to all processes together', async () => {
    const windows = new FakeWindows();
    const [one, other] = [setUp(windows), setUp(windows)];
    const granted = (await grantedOf(one.limits, 'a', 100, 70)) + (await grantedOf(other.limits, 'a', 100, 70));
    expect(granted).toBe(100);
  });

  it('asks Redis once for a twentieth of the limit', async () => {
    const windows = new FakeWindows();
    await grantedOf(setUp(windows).limits, 'a', 1_000, 500);
    expect(windows.asked).toBe(10);
  });

  it('grants the limit by itself while Redis is away, and what is left when it comes back', async () => {
    const windows = new FakeWindows();
    windows.isAway = true;
    expect(await grantedOf(setUp(windows).limits, 'a', 100, 150)).toBe(100);
    expect(await grantedOf(setUp(null).limits, 'a', 100, 150)).toBe(100);
    const { limits } = setUp(windows);
    await grantedOf(limits, 'b', 100, 40);
    windows.isAway = false;
    const other = setUp(windows).limits;
    expect((await grantedOf(limits, 'b', 100, 10)) + (await grantedOf(other, 'b', 100, 200))).toBeLessThanOrEqual(60);
  });

  it('says what is left and when the minute ends', async () => {
    const { limits, time } = setUp();
    time.nowMs = START_MS + 59_001;
    expect(await limits.take('a', 2)).toEqual({ isGranted: true, limit: 2, remaining: 1, resetSeconds: 1 });
    time.nowMs = START_MS + 500;
    await limits.take('a', 2);
    expect(await limits.take('a', 2)).toEqual({ isGranted: false, limit: 2, remaining: 0, resetSeconds: 60 });
  });

  it('lets callers beyond a number share one counter', async () => {
    const { limits } = setUp(new FakeWindows(), 100);
    for (let i = 0; i < 100; i++) await limits.take(`a${i}`, 2);
    const granted = await Promise.all(Array.from({ length: 10 }, (_, i) => limits.take(`b${i}`, 2)));
    expect(granted.filter(({ isGranted }) => isGranted)).toHaveLength(2);
  });

  it('gives at once what it has taken already, and no more', async () => {
    const windows = new FakeWindows();
    const { limits, time } = setUp(windows);
    expect(limits.takeHeld('a', 100)).toBeNull();
    expect((await limits.take('a', 100)).remaining).toBe(99);
    const held = Array.from({ length: 5 }, () => limits.takeHeld('a', 100)?.remaining ?? null);
    expect(held).toEqual([98, 97, 96, 95, null]);
    expect(windows.asked).toBe(1);
    await limits.take('a', 100);
    time.nowMs += 60_000;
    expect(limits.takeHeld('a', 100)).toBeNull();
  });
});
