import { JsonSliceError, type CheckRow, type FileFamily, type ReadFile, type StagedRow } from '@sluice/legacy';
import { familyTable, nullable, text, timestamp, type CacheTarget } from '@sluice/migration';
import { checkObject, expectMembers } from './files/check-record';
import { isWholeObject, recordMembers, sliceOf, textOf } from './files/legacy-json';

const FILE = ['timestamp', 'data'] as const;

/** The keys that the legacy program keeps on disk; what stands in braces is anything, a `{number}` digits. */
const PERSISTED = [
  'global_indices_summary',
  'aggregated_news_v2:{category}:{number}',
  'ohlcv:{symbol}:{interval}:{number}',
];

/**
 * System I. The name of a file is its key with `:` and `/` replaced by `_`, so that `a:b`, `a/b` and `a_b` are one file and
 * nobody can tell which of them it holds. None is taken over: each is reported, with its time and the keys that it may
 * have had. Values of this cache are fetched again within a minute.
 */
const files: FileFamily = {
  folder: 'cache',
  pattern: '<name>.json',
  version: 1,
  owns: (name) => name.endsWith('.json'),
  grows: false,
  isWhole: isWholeObject,
  reader: () => (file) => [rowOf(file)],
  checker: () => (file) => [checkOf(file)],
  remarks: (query) =>
    query('SELECT file, stored_at, state, candidates FROM general_cache_files WHERE fault IS NULL ORDER BY id').map(
      ([file, storedAt, state, candidates]) =>
        `general_cache_files: ${String(file)}, ${state === 'whole' ? `of ${String(storedAt)}` : 'broken'}: ` +
        `${candidates === '' ? 'no known key has this name' : `may be ${String(candidates)}`}; not taken over.`,
    ),
};

function rowOf({ name, bytes }: ReadFile): StagedRow {
  const candidates = keysOf(name.slice(0, -'.json'.length)).join(' or ');
  try {
    const members = recordMembers(bytes.toString(), FILE);
    sliceOf(members, 'data');
    return { values: { file: name, stored_at: textOf(members, 'timestamp'), state: 'whole', candidates } };
  } catch (error) {
    if (error instanceof JsonSliceError)
      return { values: { file: name, stored_at: null, state: 'broken', candidates } };
    throw error;
  }
}

function checkOf({ name, bytes }: ReadFile): CheckRow {
  const candidates = keysOf(name.replace(/\.json$/, '')).join(' or ');
  try {
    const { timestamp: stored_at } = expectMembers(checkObject(bytes), FILE, ['timestamp']);
    return { file: name, stored_at, state: 'whole', candidates };
  } catch (error) {
    if (error instanceof SyntaxError) return { file: name, stored_at: null, state: 'broken', candidates };
    throw error;
  }
}

/** The keys of the known patterns that give this name. */
export function keysOf(name: string): string[] {
  return PERSISTED.flatMap((pattern) => {
    const [first = '', ...parts] = pattern.split(':');
    if (parts.length === 0) return name === first ? [first] : [];
    if (!name.startsWith(`${first}_`)) return [];
    return splits(name.slice(first.length + 1).split('_'), parts.length)
      .filter((values) =>
        values.every((value, at) => value !== '' && (parts[at] !== '{number}' || /^\d+$/.test(value))),
      )
      .map((values) => [first, ...values].join(':'));
  });
}

/** Every way to join neighbours to so many parts. */
function splits(pieces: readonly string[], count: number): string[][] {
  if (count === 1) return [[pieces.join('_')]];
  const ways: string[][] = [];
  for (let taken = 1; taken <= pieces.length - count + 1; taken++) {
    for (const rest of splits(pieces.slice(taken), count - 1)) ways.push([pieces.slice(0, taken).join('_'), ...rest]);
  }
  return ways;
}

const entries: CacheTarget = {
  kind: 'cache',
  cache: 'general:persistent',
  entry: ({ state, candidates }) => {
    if (state !== 'whole') return { skip: 'broken' };
    const keys = String(candidates).split(' or ').filter(Boolean).length;
    if (keys === 1) return { skip: 'its name may be that of one known key, or of another' };
    return { skip: keys === 0 ? 'its name is that of no known key' : 'its name may be that of several known keys' };
  },
};

export const generalCacheFiles = familyTable('general_cache_files', files, {
  target: entries,
  columns: { file: text, stored_at: nullable(timestamp({ zone: 'UTC' })), state: text, candidates: text },
});
