import type { CacheEngine } from '@sluice/cache';
import type { Tracing } from '@sluice/observability';

type Tier2 = ConstructorParameters<typeof CacheEngine>[0]['tier2'];

/** What requests ask the shared tier; the rest is housekeeping. */
const TRACED = new Set<PropertyKey>([
  'read',
  'store',
  'change',
  'invalidateTags',
  'renewEpoch',
  'scan',
  'weigh',
  'count',
]);

/** The shared tier, each of whose steps is a part of the request that it is for. No key of it gets into a trace. */
export function tracedTier2(tier2: Tier2, tracing: Tracing): Tier2 {
  return new Proxy(tier2, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const call = (...given: unknown[]): unknown => Reflect.apply(member, target, given);
      if (!TRACED.has(name)) return call;
      return (...given: unknown[]) =>
        tracing.part(`cache ${String(name)}`, { 'db.system.name': target.driver }, async () => call(...given));
    },
  });
}
