import { DomainError } from '@sluice/core';
import { type CheckRow, type FamilyFolder, type FileFamily, type ReadFile, type StagedRow } from '@sluice/legacy';
import { familyTable, integer, json, nullable, text, timestamp, type CacheTarget } from '@sluice/migration';
import {
  globalScoreHash,
  globalScoreKey,
  globalScoreLife,
  SCORES_TIMESTAMP_KEY,
  type GlobalScore,
} from '@sluice/trading-caching';
import { asObject, checkObject, expectMembers } from './files/check-record';
import { byName, isWholeObject, objectMembers, recordMembers, serverTime, sliceOf, textOf } from './files/legacy-json';

const FILE = ['timestamp', 'scores', 'ttl_hours'] as const;

/**
 * System H. One file with all scores: a row per symbol, and one for the time that they share. Times are the server's clock,
 * labelled `Z` all the same. `real_scores` is how many of the file's scores are not 0: the legacy store looked for a field
 * that nobody fills, so that it wrote 0 for every symbol and derived the recommendation from that.
 */
const files: FileFamily = {
  folder: 'data/global_scores',
  pattern: 'score_cache.json',
  version: 1,
  owns: (name) => name === 'score_cache.json',
  grows: false,
  isWhole: isWholeObject,
  reader: (folder) => (file) => scoreRows(file, folder),
  checker: (folder) => (file) => scoreChecks(file, folder),
  remarks: (query, zone) => {
    const [row] = query("SELECT max(real_scores), count(*) FROM global_scores WHERE entry = 'score'");
    const [real, scores] = (row ?? []).map(Number);
    const zeros = `global_scores: all ${scores} scores are 0, which the legacy store wrote for want of the right field; none is taken over.`;
    return [
      `global_scores: times are the server's clock and are read as ${zone}, not as the Z they carry (LEGACY_ZONE).`,
      ...(real === 0 && scores ? [zeros] : []),
    ];
  },
};

function* scoreRows({ bytes }: ReadFile, { zone }: FamilyFolder): Generator<StagedRow> {
  const file = recordMembers(bytes.toString(), FILE);
  const scores = [...objectMembers(sliceOf(file, 'scores'))].sort(byName);
  const members = scores.map(([, score]) => objectMembers(score));
  const real_scores = BigInt(members.filter((score) => !/^-?0(\.0*)?$/.test(score.get('blend_score') ?? '0')).length);
  for (const [at, [symbol, score]] of scores.entries()) {
    const analyzed_at = serverTime(textOf(members[at] ?? new Map(), 'analyzed_at'), zone);
    yield { values: { entry: 'score', symbol, score, analyzed_at, real_scores } };
  }
  const time = sliceOf(file, 'timestamp') === 'null' ? null : serverTime(textOf(file, 'timestamp'), zone);
  yield { values: { entry: 'timestamp', symbol: null, score: null, analyzed_at: time, real_scores } };
}

function* scoreChecks({ bytes }: ReadFile, { zone }: FamilyFolder): Generator<CheckRow> {
  const file = expectMembers(checkObject(bytes, 3), FILE, []);
  const scores = asObject(file['scores']);
  const offset = zone === 'UTC' ? '+00:00' : '+05:30';
  const instant = (time: unknown): string => {
    if (typeof time !== 'string') throw new SyntaxError('No time.');
    return /[+-]\d\d:?\d\d$/.test(time) ? time : time.replace(/Z$/, '') + offset;
  };
  const blends = Object.values(scores).map((score) => asObject(score)['blend_score'] ?? 0);
  const real_scores = blends.filter((blend) => blend !== 0).length;
  for (const symbol of Object.keys(scores).sort()) {
    const score = asObject(scores[symbol]);
    yield { entry: 'score', symbol, score, analyzed_at: instant(score['analyzed_at']), real_scores };
  }
  const { timestamp } = file;
  yield { entry: 'timestamp', analyzed_at: timestamp === null ? null : instant(timestamp), real_scores };
}

/**
 * A score goes to `scores:global:{symbol}` for what is left of six hours since its own analysis (the legacy store had one
 * time for all), and the grace after it; the shared time to `scores:cache_timestamp`.
 */
const entries: CacheTarget = {
  kind: 'cache',
  cache: 'scores:global',
  entry: (row, nowMs) => {
    if (row['real_scores'] === 0n) return { skip: 'no real score: every one in the file is 0' };
    const analyzedAt = row['analyzed_at'];
    if (analyzedAt === null) return { skip: 'nothing was ever analysed' };
    const madeMs = Math.min(Number(analyzedAt), nowMs); // A clock that ran ahead gives no longer life.
    const { freshMs, ttlMs } = globalScoreLife(Math.ceil(nowMs - madeMs));
    if (freshMs < 1) return { skip: 'expired' };
    if (row['entry'] === 'timestamp') {
      return { key: SCORES_TIMESTAMP_KEY, value: new Date(madeMs).toISOString(), ttlMs: freshMs };
    }
    try {
      const score = JSON.parse(String(row['score'])) as GlobalScore;
      if (score.symbol !== row['symbol']) return { reject: 'the symbol in the score is another one' };
      return { key: globalScoreKey(score.symbol), value: globalScoreHash(score), ttlMs, type: 'hash' };
    } catch (error) {
      if (error instanceof DomainError) return { reject: error.message };
      throw error;
    }
  },
};

export const globalScores = familyTable('global_scores', files, {
  target: entries,
  columns: {
    entry: text,
    symbol: nullable(text),
    score: nullable(json()),
    analyzed_at: nullable(timestamp({ zone: 'UTC' })),
    real_scores: integer,
  },
});
