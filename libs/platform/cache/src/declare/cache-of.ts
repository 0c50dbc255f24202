import { Cache } from '../engine/cache';
import type { CacheEngine } from '../engine/cache-engine';
import type { CacheDeclaration } from './policy';

/**
 * The class of a declared cache: `class QuotesCache extends cacheOf({...}) {}`, made with `new QuotesCache(engine)`. Throws
 * `CacheOptionError` when it is made with an option that no cache can work with.
 */
export function cacheOf<K, V>(declaration: CacheDeclaration<K, V>): new (engine: CacheEngine) => Cache<K, V> {
  return class extends Cache<K, V> {
    constructor(engine: CacheEngine) {
      super(engine, declaration);
    }
  };
}
