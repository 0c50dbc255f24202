import type { CacheAdministration, CacheCensus } from '@sluice/cache';
import { formatBytes, formatCount, formatTable } from './table';

/** Of one cache, or of all by name. */
export async function censuses(admin: CacheAdministration, name?: string): Promise<CacheCensus[]> {
  const names = name === undefined ? admin.list().map((cache) => cache.name) : [name];
  const found: CacheCensus[] = [];
  for (const one of names) found.push(await admin.verify(one));
  return found;
}

export function formatCensuses(all: readonly CacheCensus[]): string {
  const lines = all.map(({ name, entries, fresh, stale, invalidated, otherVersion, corrupt, endless, sizeBytes }) => [
    name,
    ...[entries, fresh, stale, invalidated, otherVersion, corrupt, endless].map(formatCount),
    formatBytes(sizeBytes),
  ]);
  const head = ['name', 'entries', 'fresh', 'stale', 'invalidated', 'other version', 'corrupt', 'endless', 'size'];
  return formatTable(head, lines, ['left', ...Array<'right'>(8).fill('right')]);
}
