import { createHash } from 'node:crypto';
import { DomainError } from '@sluice/core';
import {
  JsonSliceError,
  type CheckRow,
  type FamilyFolder,
  type FileFamily,
  type FoundFamilyFile,
  type ReadFile,
  type StagedRow,
} from '@sluice/legacy';
import {
  familyTable,
  integer,
  json,
  nullable,
  text,
  timestamp,
  type CacheRow,
  type CacheTarget,
} from '@sluice/migration';
import { ohlcEntryKey, ohlcEntryTags, ohlcLifeMs } from '@sluice/trading-caching';
import { asObject, checkObject, expectMembers, type CheckedObject } from './files/check-record';
import {
  byName,
  integerOf,
  isWholeObject,
  objectMembers,
  recordMembers,
  serverTime,
  sliceOf,
  textOf,
  type Members,
} from './files/legacy-json';

const INDEX = 'metadata.json';
const FILE = ['data', 'row_count', 'columns'] as const;
const ENTRY = ['symbol', 'from_date', 'to_date', 'interval', 'source', 'cached_at', 'row_count', 'file_size'] as const;
const TEXTS = ['symbol', 'from_date', 'to_date', 'interval', 'source', 'cached_at'] as const;
const DAILY: readonly string[] = ['1d', 'day'];
const keyOf = (file: string): string => file.slice(0, -'.json'.length);

/**
 * System G. A file's name ends in a hash of what was asked for, which `metadata.json` tells: a file without metadata cannot
 * be attributed, and where both do not agree nothing is believed. Entries of the metadata whose file is gone are rows as
 * well. `cached_at` is the server's clock without a zone.
 */
const files: FileFamily = {
  folder: '.cache/historical',
  pattern: '<key>.json',
  version: 1,
  owns: (name) => name.endsWith('.json') && name !== INDEX,
  index: INDEX,
  grows: false,
  isWhole: isWholeObject,
  reader: (folder) => {
    const entries = entriesOf(folder.index);
    return (file) =>
      file.name === INDEX ? leftOver(file, folder) : [candles(file, entries.get(keyOf(file.name)), folder)];
  },
  checker: (folder) => {
    const entries = checkedEntries(folder.index);
    return (file) => (file.name === INDEX ? checkLeftOver(file, folder) : [checkCandles(file, entries, folder)]);
  },
  remarks: (query, zone) => {
    const listed = (what: string, where: string): string[] => {
      const rows = query(`SELECT file FROM ohlc_files WHERE fault IS NULL AND ${where} ORDER BY id`);
      const names = rows.slice(0, NAMED).map(([file]) => String(file));
      const more = rows.length > NAMED ? ` and ${rows.length - NAMED} more` : '';
      return rows.length === 0 ? [] : [`ohlc_files: ${what}: ${names.join(', ')}${more}.`];
    };
    return [
      `ohlc_files: cached_at has no zone and is read as ${zone} (LEGACY_ZONE).`,
      ...listed('not in metadata.json, so that nobody can tell whose they are', 'symbol IS NULL'),
      ...listed('in metadata.json, but there is no such file', 'symbol IS NOT NULL AND rows IS NULL'),
    ];
  },
};

const NAMED = 20;

function candles({ name, bytes }: ReadFile, entry: string | undefined, { zone }: FamilyFolder): StagedRow {
  const members = recordMembers(bytes.toString(), FILE);
  const row_count = integerOf(members, 'row_count');
  const content = { file: name, rows: sliceOf(members, 'data'), row_count };
  return { values: { ...content, ...(entry === undefined ? {} : requestOf(keyOf(name), entry, zone)) } };
}

/** Files of the metadata that are not there. What is wrong with one entry is no fault of the others. */
function leftOver({ bytes }: ReadFile, { names, zone }: FamilyFolder): StagedRow[] {
  const entries = [...objectMembers(bytes.toString())].sort(byName).filter(([key]) => !names.has(`${key}.json`));
  return entries.map(([key, entry]) => {
    try {
      return { values: { file: `${key}.json`, ...requestOf(key, entry, zone) } };
    } catch (error) {
      if (error instanceof JsonSliceError) return { fault: error.message, raw: entry };
      throw error;
    }
  });
}

/** Metadata that is broken attributes no file; that it is broken is a row of its own. */
function entriesOf(index: FoundFamilyFile | null): Members {
  try {
    return index === null || index.fault !== undefined ? new Map() : objectMembers(index.bytes.toString());
  } catch (error) {
    if (error instanceof JsonSliceError) return new Map();
    throw error;
  }
}

function requestOf(key: string, entry: string, zone: FamilyFolder['zone']): Record<string, string> {
  const members = recordMembers(entry, ENTRY);
  const [symbol, from, to, interval, source, cachedAt] = TEXTS.map((name) => textOf(members, name)) as Six;
  if (key !== legacyKey({ symbol, from, to, interval, source }))
    throw new JsonSliceError('is named by the hash of another request than its metadata tells');
  return { symbol, from_date: from, to_date: to, interval, source, cached_at: serverTime(cachedAt, zone) };
}

type Six = [string, string, string, string, string, string];
type Request = {
  readonly symbol: string;
  readonly from: string;
  readonly to: string;
  readonly interval: string;
  readonly source: string;
};

/** The name that the legacy cache gave to the answer of a request; days count, and below a day minutes too. */
export function legacyKey({ symbol, from, to, interval, source }: Request): string {
  const stamp = (time: string): string =>
    DAILY.includes(interval) ? time.slice(0, 10) : `${time.slice(0, 10)}_${time.slice(11, 16)}`;
  const request = [symbol, stamp(from), stamp(to), interval, source].join('_');
  return `${symbol}_${interval}_${createHash('md5').update(request, 'utf8').digest('hex').slice(0, 12)}`;
}

function checkCandles({ name, bytes }: ReadFile, entries: CheckedObject, folder: FamilyFolder): CheckRow {
  const { data, row_count } = expectMembers(checkObject(bytes), FILE, []);
  if (!Number.isSafeInteger(row_count)) throw new SyntaxError('No count.');
  const key = keyOf(name);
  const request = Object.hasOwn(entries, key) ? checkRequest(key, entries[key], folder) : {};
  return { file: name, rows: data, row_count, ...request };
}

function checkLeftOver({ bytes }: ReadFile, folder: FamilyFolder): CheckRow[] {
  const entries = checkObject(bytes);
  const gone = Object.keys(entries).sort().filter((key) => !folder.names.has(`${key}.json`)); // prettier-ignore
  return gone.map((key) => {
    try {
      return { file: `${key}.json`, ...checkRequest(key, entries[key], folder) };
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  });
}

function checkedEntries(index: FoundFamilyFile | null): CheckedObject {
  try {
    return index === null || index.fault !== undefined ? {} : checkObject(index.bytes);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The hash is computed from parsed times here, from cut texts by the reader. */
function checkRequest(key: string, entry: unknown, { zone }: FamilyFolder): CheckedObject {
  const request = expectMembers(asObject(entry), ENTRY, TEXTS) as Readonly<Record<(typeof TEXTS)[number], string>>;
  const { symbol, from_date, to_date, interval, source, cached_at } = request;
  const minutes = (time: string): string =>
    `${time.split('T')[0]}_${(time.split('T')[1] ?? '').split(':', 2).join(':')}`;
  const stamp = (time: string): string => (/^(1d|day)$/.test(interval) ? (time.split('T')[0] ?? '') : minutes(time));
  const md5 = createHash('md5').update(`${symbol}_${stamp(from_date)}_${stamp(to_date)}_${interval}_${source}`);
  if (key !== `${symbol}_${interval}_${md5.digest('hex').substring(0, 12)}`) throw new SyntaxError('Another request.');
  const hasOffset = /[+-]\d\d:?\d\d$/.test(cached_at);
  const offset = zone === 'UTC' ? '+00:00' : '+05:30';
  const cachedAt = hasOffset ? cached_at : cached_at.replace(/Z$/, '') + offset;
  return { symbol, from_date, to_date, interval, source, cached_at: cachedAt };
}

/**
 * Candles can be fetched again: they go to the cache `hist` under the key that a reader makes of the same request, source
 * included, for what is left of the life that their interval gives them. Rows without a time (the legacy program lost it
 * with Yahoo's frames) are no candles to this cache and stay behind.
 */
const entries: CacheTarget = {
  kind: 'cache',
  cache: 'hist',
  entry: (row, nowMs) => {
    const { symbol, rows, source, interval, from_date: from, to_date: to, cached_at: cachedAt } = row;
    if (symbol === null) return { skip: 'no metadata tells whose it is' };
    if (rows === null) return { skip: 'its file is gone' };
    const unfit = unfitness(row);
    if (unfit) return unfit;
    if (cachedAt === null) return { reject: 'cached_at is empty' };
    const ageMs = Math.max(0, nowMs - Number(cachedAt)); // A clock that ran ahead gives no longer life.
    const ttlMs = Math.floor(ohlcLifeMs(String(interval)) - ageMs);
    if (ttlMs < 1) return { skip: 'expired' };
    const span = { symbol: String(symbol), from: String(from), to: String(to) };
    const request = { ...span, interval: String(interval), source: String(source) };
    try {
      const value = `{"source":${JSON.stringify(source)},"rows":${String(rows)}}`;
      return { key: ohlcEntryKey(request), value, ttlMs, tags: ohlcEntryTags(request) };
    } catch (error) {
      if (error instanceof DomainError) return { reject: error.message };
      throw error;
    }
  },
};

/** What keeps rows from being candles; the cache reads a member that begins with `$` as a type of its own. */
function unfitness({
  rows,
  row_count: rowCount,
}: CacheRow): { readonly skip: string } | { readonly reject: string } | null {
  const candles = JSON.parse(String(rows)) as unknown;
  if (!Array.isArray(candles)) return { reject: 'data is no list' };
  if (BigInt(candles.length) !== rowCount) return { reject: 'row_count is not the number of its rows' };
  if (candles.length === 0) return { skip: 'no candles' };
  const timed = candles.filter(hasTime).length;
  if (timed === 0) return { skip: 'candles without a time (Yahoo)' };
  if (timed < candles.length) return { reject: 'some rows have no time' };
  return String(rows).includes('"$') ? { reject: 'a name or text in it begins with $' } : null;
}

const hasTime = (row: unknown): boolean =>
  typeof row === 'object' && row !== null && Boolean((row as { readonly time?: unknown }).time);

export const ohlcFiles = familyTable('ohlc_files', files, {
  target: entries,
  columns: {
    file: text,
    symbol: nullable(text),
    from_date: nullable(text),
    to_date: nullable(text),
    interval: nullable(text),
    source: nullable(text),
    cached_at: nullable(timestamp({ zone: 'UTC' })),
    rows: nullable(json()),
    row_count: nullable(integer),
  },
});
