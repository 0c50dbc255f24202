import { CacheOptionError } from '../declare/cache-options';
import { ManualScheduler } from '../testing/manual-scheduler';
import { MemoryTier2 } from '../tier2/memory-tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import { LockLostError } from './cache.errors';
import { CacheEngine } from './cache-engine';
import { SharedLocks, type HeldLock } from './shared-locks';

const LIFE_MS = 60_000;

let scheduler: ManualScheduler;
let tier2: MemoryTier2;
let isAway: boolean;

beforeEach(() => {
  scheduler = new ManualScheduler();
  tier2 = new MemoryTier2(scheduler);
  isAway = false;
});

/** A process whose way to the shared tier is cut with `isAway`. */
function aProcess(): SharedLocks {
  const way = new Proxy(tier2, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...given: unknown[]): Promise<unknown> => {
        if (isAway) throw new Tier2Error('It is away for a test.', 'network');
        return Reflect.apply(member, target, given);
      };
    },
  });
  return new SharedLocks(new CacheEngine({ tier2: way, scheduler }), LIFE_MS);
}

/** Work that goes on until it is told to end, and the lock that it was given. */
function begun(locks: SharedLocks, key = 'lock:a') {
  const work: { lock?: HeldLock; end: () => void } = { end: () => undefined };
  const ended = new Promise<void>((resolve) => (work.end = resolve));
  const running = locks.run(key, async (lock) => {
    work.lock = lock;
    await ended;
    return 'done';
  });
  return { work, running };
}

const fenceOf = (locks: SharedLocks) => locks.run('lock:a', async ({ fence }) => fence);

it('does the work once at a time, in one process or two, and gives each holder a larger fence', async () => {
  const [one, two] = [aProcess(), aProcess()];
  const { work, running } = begun(one);
  await scheduler.advance(0);
  expect([await fenceOf(one), await fenceOf(two)]).toEqual([null, null]);
  expect(await two.run('lock:b', async () => 'another lock')).toEqual({ value: 'another lock' });
  work.end();
  expect(await running).toEqual({ value: 'done' });
  expect((await fenceOf(two))?.value).toBeGreaterThan(work.lock!.fence!);
});

it('gives the lock back after work that failed', async () => {
  const failed = aProcess().run('lock:a', () => Promise.reject(new Error('no')));
  await expect(failed).rejects.toThrow('no');
  expect(await fenceOf(aProcess())).not.toBeNull();
});

it('keeps the lock up for as long as the work takes', async () => {
  const { work, running } = begun(aProcess());
  await scheduler.advance(10 * LIFE_MS);
  expect(await fenceOf(aProcess())).toBeNull();
  await expect(work.lock!.confirm()).resolves.toBeUndefined();
  work.end();
  await running;
  await scheduler.advance(LIFE_MS);
  expect(await fenceOf(aProcess())).not.toBeNull();
});

it('ends one life after its holder was cut off; the late holder is told, and cannot confirm', async () => {
  const { work, running } = begun(aProcess());
  await scheduler.advance(1);
  isAway = true;
  await scheduler.advance(LIFE_MS - 2);
  expect(work.lock!.signal.aborted).toBe(false);
  await scheduler.advance(2);
  expect(work.lock!.signal.aborted).toBe(true);
  isAway = false;
  await scheduler.advance(60_000); // The breaker's rest.
  const other = begun(aProcess());
  await scheduler.advance(0);
  expect(other.work.lock!.fence).toBeGreaterThan(work.lock!.fence!);
  await expect(work.lock!.confirm()).rejects.toThrow(LockLostError);
  work.end();
  expect(await running).toEqual({ value: 'done' });
  expect(await fenceOf(aProcess())).toBeNull(); // The late holder gave nothing back that is not its own.
  other.work.end();
  await other.running;
});

it('is lost with a shared tier that came back empty, for somebody may have held it since', async () => {
  const { work, running } = begun(aProcess());
  await scheduler.advance(0);
  tier2.empty();
  await expect(work.lock!.confirm()).rejects.toThrow(LockLostError);
  expect(work.lock!.signal.aborted).toBe(true);
  expect((await fenceOf(aProcess()))?.value).toBeGreaterThan(work.lock!.fence!);
  work.end();
  await running;
});

it('keeps out its own process while the shared tier is away, and confirms nothing', async () => {
  isAway = true;
  const locks = aProcess();
  const { work, running } = begun(locks);
  await scheduler.advance(0);
  expect(work.lock!.fence).toBeNull();
  expect(await fenceOf(locks)).toBeNull();
  await expect(work.lock!.confirm()).rejects.toThrow(LockLostError);
  work.end();
  expect(await running).toEqual({ value: 'done' });
});

it.each([0, -1, NaN, 1.5, 2 ** 31])('refuses a life of %d ms', (lifeMs) => {
  expect(() => new SharedLocks(new CacheEngine({ tier2, scheduler }), lifeMs)).toThrow(CacheOptionError);
});
