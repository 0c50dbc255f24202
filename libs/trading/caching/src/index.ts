export { CacheKeyError } from './cache-key';
export { contextMemoryKey } from './context-memory.key';
export { supportResistanceEntry, supportResistanceKey } from './support-resistance.entry';
