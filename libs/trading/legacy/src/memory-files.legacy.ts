import { isUtf8 } from 'node:buffer';
import { JsonSliceError, type CheckRow, type FileFamily, type ReadFile, type StagedRow } from '@sluice/legacy';
import { familyTable, json, postgresTable, text, timestamp } from '@sluice/migration';
import { checkObject, expectMembers } from './files/check-record';
import { byName, isWholeObject, objectMembers, recordMembers, sliceOf, textOf } from './files/legacy-json';

/**
 * System J. The memory manager's long-term part is in files, which the plan does not mention: a log of analyses per symbol
 * and the preferences of each user. Symbols and user ids are in the names as they are. Times are UTC.
 */
const folder = 'cache/memory';

const ANALYSIS = ['symbol', 'agent_type', 'result', 'timestamp'] as const;
const ANALYSIS_FILE = /^analyses_.*\.jsonl$/s;
const NEWLINE = 0x0a;

/**
 * One row per line. A broken line is set aside with its bytes, as the legacy reader passed over it, and the others arrive; a
 * blank line is none, but has its number. The symbol in the record counts, not the one in the file's name.
 */
const analyses: FileFamily = {
  folder,
  pattern: 'analyses_<symbol>.jsonl',
  version: 1,
  owns: (name) => ANALYSIS_FILE.test(name),
  grows: true,
  isWhole: (bytes) => bytes.length === 0 || bytes.at(-1) === NEWLINE,
  reader: () => analysisRows,
  checker: () => analysisChecks,
  remarks: (query) =>
    query(
      `SELECT source_file, count(*) FROM memory_analyses
        WHERE fault IS NULL AND source_file <> 'analyses_' || symbol || '.jsonl' GROUP BY 1 ORDER BY 1`,
    ).map(
      ([file, count]) =>
        `memory_analyses: ${String(file)} has ${String(count)} records of another symbol than its name; the record's counts.`,
    ),
};

function* analysisRows({ bytes }: ReadFile): Generator<StagedRow> {
  for (const line of linesOf(bytes)) yield line.every(isBlank) ? 'blank' : analysisRow(line);
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, at);
    yield bytes.subarray(at, end < 0 ? bytes.length : end);
    at = end < 0 ? bytes.length : end + 1;
  }
}

function analysisRow(line: Buffer): StagedRow {
  if (!isUtf8(line)) return { fault: 'is not UTF-8', raw: line };
  try {
    const record = recordMembers(line.toString(), ANALYSIS);
    const [symbol, agent_type, timestamp] = [
      textOf(record, 'symbol'),
      textOf(record, 'agent_type'),
      textOf(record, 'timestamp'),
    ];
    return { values: { symbol, agent_type, result: sliceOf(record, 'result'), timestamp } };
  } catch (error) {
    if (error instanceof JsonSliceError) return { fault: error.message, raw: line };
    throw error;
  }
}

function* analysisChecks({ bytes }: ReadFile): Generator<CheckRow> {
  for (let start = 0; start < bytes.length;) {
    let end = start;
    while (end < bytes.length && bytes[end] !== NEWLINE) end++;
    const line = bytes.subarray(start, end);
    start = end + 1;
    yield /^[ \t\r]*$/.test(line.toString('latin1')) ? 'blank' : analysisCheck(line);
  }
}

function analysisCheck(line: Buffer): CheckRow {
  const text = line.toString();
  if (!Buffer.from(text).equals(line)) return null; // Bytes that are not UTF-8 were replaced.
  try {
    return expectMembers(checkObject(text), ANALYSIS, ['symbol', 'agent_type', 'timestamp']);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export const memoryAnalyses = familyTable('memory_analyses', analyses, {
  target: postgresTable('memory_analyses'),
  columns: { symbol: text, agent_type: text, result: json(), timestamp: timestamp({ zone: 'UTC' }) },
});

const USER_FILE = /^user_(.*)\.json$/s;
const PREFERENCE = ['value', 'updated_at'] as const;

/**
 * One row per preference, in the order of their names; the file is an object of them, rewritten whole, so that one fault
 * sets the whole file aside.
 */
const preferences: FileFamily = {
  folder,
  pattern: 'user_<user_id>.json',
  version: 1,
  owns: (name) => USER_FILE.test(name),
  grows: false,
  isWhole: isWholeObject,
  reader: () => preferenceRows,
  checker: () => preferenceChecks,
};

const userOf = (name: string): string => USER_FILE.exec(name)?.[1] ?? '';

function* preferenceRows({ name, bytes }: ReadFile): Generator<StagedRow> {
  for (const [pref_key, slice] of [...objectMembers(bytes.toString())].sort(byName)) {
    const preference = recordMembers(slice, PREFERENCE);
    const values = { pref_value: sliceOf(preference, 'value'), updated_at: textOf(preference, 'updated_at') };
    yield { values: { user_id: userOf(name), pref_key, ...values } };
  }
}

function* preferenceChecks({ name, bytes }: ReadFile): Generator<CheckRow> {
  const user_id = name.slice('user_'.length, -'.json'.length);
  const preferencesOfUser = checkObject(bytes, 2);
  for (const pref_key of Object.keys(preferencesOfUser).sort()) {
    const record = expectMembers(preferencesOfUser[pref_key], PREFERENCE, ['updated_at']);
    yield { user_id, pref_key, pref_value: record['value'], updated_at: record['updated_at'] };
  }
}

export const memoryPreferences = familyTable('memory_preferences', preferences, {
  target: postgresTable('memory_preferences'),
  columns: { user_id: text, pref_key: text, pref_value: json(), updated_at: timestamp({ zone: 'UTC' }) },
});
