import { isOfVersion } from '../declare/cache-key';
import type { CacheDeclaration, PolicyOptions } from '../declare/policy';
import type { KeyPage, ReadEntry } from '../tier2/tier2';
import type { CacheEngine } from './cache-engine';
import { inspectEntry, ofOtherVersion, type Inspection } from './inspection';
import type { Space } from './space';

const PAGE_KEYS = 200;

/**
 * The entries of one cache by their keys as the shared tier has them, for administration: looked at, and left as they are.
 * Everything here throws `Tier2Error`.
 */
export class StoredEntries<K, V> {
  constructor(
    private readonly declaration: CacheDeclaration<K, V>,
    private readonly space: Space,
    private readonly policy: () => PolicyOptions,
    private readonly engine: Pick<CacheEngine, 'link' | 'scheduler' | 'tier1'>,
  ) {}

  page(cursor = '0', count = PAGE_KEYS): Promise<KeyPage> {
    return this.engine.link.page(this.space, cursor, count);
  }

  pages(): AsyncGenerator<string[]> {
    return this.engine.link.pages(this.space, PAGE_KEYS);
  }

  async inspect(id: string): Promise<Inspection | null> {
    const { scheduler, tier1 } = this.engine;
    const entry = await this.read(id);
    const held = tier1.find(id);
    if (!held && (!entry || (entry.payload === null && !entry.isWrongType))) return null;
    const now = scheduler.nowMs();
    return {
      id,
      tier1: held ? { freshForMs: held.freshEndsMs - now, ageMs: now - held.askedMs, sizeBytes: held.sizeBytes } : null,
      tier2: entry ? await this.inspected(id, entry) : null,
    };
  }

  private async inspected(id: string, entry: ReadEntry): Promise<Inspection['tier2']> {
    const { name, version } = this.declaration;
    if (!isOfVersion(name, version, id)) return ofOtherVersion(entry);
    const inspection = inspectEntry(this.declaration.store, entry, this.policy().graceMs);
    return entry.payload !== null && (await this.isInvalidated(id))
      ? { ...inspection, state: 'invalidated' }
      : inspection;
  }

  /** As a reader would find it, who knows the tags of the key. */
  private async isInvalidated(id: string): Promise<boolean> {
    const tags = this.declaration.tagsOfId?.(id);
    return tags ? (await this.read(id, tags))?.payload === null : false;
  }

  private async read(id: string, tags?: readonly string[]): Promise<ReadEntry | undefined> {
    const request = { space: this.space, keys: [id], tags: tags && [tags] };
    return (await this.engine.link.call(this.space, (tier2) => tier2.read(request)))[0];
  }
}
