import { cacheOf, freshFor, hours, json } from '@sluice/cache';

export interface ContextKey {
  /** Neither type nor key is normalised. */
  readonly type: string;
  readonly key: string;
}

/**
 * What agents remember for a while, an hour unless the caller says otherwise (`set(key, value, { freshMs })`). A stored
 * `null` is a value; nothing is served after its end, and a life of 0 or less is refused.
 */
export class ContextMemoryCache extends cacheOf<ContextKey, unknown>({
  name: 'context:memory',
  version: 1,
  key: ({ type, key }) => [type, key], // context:memory:{context_type}:{key}
  store: json<unknown>(),
  fresh: freshFor(hours(1)),
  jitter: 0,
  negativeMs: 0,
  about: 'Context of agents by type and key; set by agents, and by the migration with what is left of its life.',
}) {}
