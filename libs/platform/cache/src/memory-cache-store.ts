import { assertStorable, hashText, type CacheStore, type CacheStoreEntry } from './cache-store';
import type { Payload } from './codec/payload';
import type { MemoryTier2 } from './tier2/memory-tier2';

/**
 * The memory of this process, for one process without Redis: what a migration leaves here is what the caches of the same
 * process find. It is whoever made the memory that empties it.
 */
export class MemoryCacheStore implements CacheStore {
  readonly driver = 'memory';

  constructor(private readonly memory: MemoryTier2) {}

  getMany(keys: readonly string[]): Promise<(string | null)[]> {
    return this.readMany(keys.map((key) => ({ key })));
  }

  async readMany(entries: readonly Pick<CacheStoreEntry, 'key' | 'type' | 'tags'>[]): Promise<(string | null)[]> {
    return Promise.all(entries.map(async (entry) => textOf(await this.held(entry), entry.type)));
  }

  async ttlMsMany(keys: readonly string[]): Promise<(number | null)[]> {
    return (await this.memory.weigh(keys)).map((entry) => entry?.lifeMs ?? null);
  }

  async setMany(entries: readonly CacheStoreEntry[]): Promise<void> {
    assertStorable(entries);
    for (const entry of entries) await this.put(entry);
  }

  async addMany(entries: readonly CacheStoreEntry[]): Promise<boolean[]> {
    assertStorable(entries);
    const added: boolean[] = [];
    for (const entry of entries) {
      const isAbsent = (await this.held(entry)) === null;
      if (isAbsent) await this.put(entry);
      added.push(isAbsent);
    }
    return added;
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    const changes = keys.map((key) => ({ op: 'remove', key }) as const);
    const { existed } = await this.memory.change(spaceOf({}), changes, '');
    return existed.filter(Boolean).length;
  }

  ping(): Promise<void> {
    return this.memory.ping();
  }

  async close(): Promise<void> {
    // Others go on with the memory.
  }

  private async held(entry: Pick<CacheStoreEntry, 'key' | 'tags'>): Promise<Payload | null> {
    const tags = entry.tags ? [entry.tags.tags] : undefined;
    const [found] = await this.memory.read({ space: spaceOf(entry), keys: [entry.key], ...(tags && { tags }) });
    return found?.payload ?? null;
  }

  private async put(entry: CacheStoreEntry): Promise<void> {
    const { key, value, ttlMs, type } = entry;
    const payload = type === 'hash' ? new Map(Object.entries(JSON.parse(value) as Record<string, string>)) : value;
    const tags = entry.tags?.tags ?? [];
    await this.memory.change(spaceOf(entry), [{ op: 'set', key, payload, lifeMs: ttlMs, tags }], '');
  }
}

/** Memory tells its kinds apart by what it holds; only tags need to know whose an entry is. */
const spaceOf = ({ tags }: Pick<CacheStoreEntry, 'tags'>) => ({ name: tags?.cache ?? '', kind: 'text' }) as const;

function textOf(payload: Payload | null, type: CacheStoreEntry['type']): string | null {
  if (type === 'hash') return payload instanceof Map ? hashText(payload) : null;
  return typeof payload === 'string' ? payload : null;
}
