import type { Payload, PayloadKind } from '../codec/payload';
import { describeTier2 } from './tier2.conformance';
import { MemoryTier2 } from './memory-tier2';

describe('the shared tier in memory', () => {
  describeTier2(async () => {
    let nowMs = 0;
    const tier2 = new MemoryTier2({ nowMs: () => nowMs, wallMs: () => nowMs, after: () => () => undefined });
    return { tier2, pass: async (ms) => void (nowMs += ms) };
  });

  it('is bounded: what was written longest ago goes first', async () => {
    const tier2 = new MemoryTier2({ nowMs: () => 0, wallMs: () => 0, after: () => () => undefined }, undefined, {
      maxEntries: 2,
    });
    const space = { name: 'a', kind: 'text' } as const;
    for (const key of ['a:1', 'a:2', 'a:1', 'a:3'])
      await tier2.change(space, [{ op: 'set', key, payload: key, lifeMs: 1_000, tags: [] }], 'me');
    expect((await tier2.scan('a:')).keys).toEqual(['a:1', 'a:3']);
  });

  it('is bounded by the bytes of its values as well', async () => {
    const clock = { nowMs: () => 0, wallMs: () => 0, after: () => () => undefined };
    const tier2 = new MemoryTier2(clock, undefined, { maxBytes: 100_000 });
    const set = (key: string, payload: Payload, kind: PayloadKind) =>
      tier2.change({ name: 'a', kind }, [{ op: 'set', key, payload, lifeMs: 1_000, tags: [] }], 'me');
    for (const key of ['a:1', 'a:2', 'a:3']) await set(key, 'x'.repeat(20_000), 'text');
    await set('a:4', Buffer.alloc(20_000), 'bytes');
    expect((await tier2.scan('a:')).keys).toEqual(['a:3', 'a:4']);
  });
});
