import { DomainError } from '@sluice/core';
import { contextMemoryKey } from '@sluice/trading-caching';
import {
  float,
  integer,
  json,
  legacyTable,
  nullable,
  postgresTable,
  text,
  timestamp,
  type CacheTarget,
} from '@sluice/migration';

/** System D. The file exists only where somebody used it by hand; times are SQLite's own, UTC. */
const file = 'cache/context.db';

export const agentAnalyses = legacyTable({
  source: { file, table: 'agent_analyses', key: 'id' },
  target: postgresTable('agent_analyses'),
  columns: {
    id: integer,
    symbol: text,
    agent_type: text,
    score: nullable(float),
    confidence: nullable(text),
    signals: nullable(json()),
    reasoning: nullable(text),
    metadata: nullable(json()),
    global_context: nullable(json()),
    policy_context: nullable(json()),
    created_at: nullable(timestamp({ zone: 'UTC' })),
  },
});

export const agentLearnings = legacyTable({
  source: { file, table: 'agent_learnings', key: 'id' },
  target: postgresTable('agent_learnings'),
  columns: {
    id: integer,
    agent_type: text,
    pattern_recognized: nullable(text),
    accuracy: nullable(float),
    sample_size: nullable(integer),
    last_updated: nullable(timestamp({ zone: 'UTC' })),
  },
});

export const userPreferences = legacyTable({
  source: { file, table: 'user_preferences', key: 'id' },
  target: postgresTable('user_preferences'),
  columns: {
    id: integer,
    user_id: text,
    pref_key: text,
    pref_value: nullable(json()),
    updated_at: nullable(timestamp({ zone: 'UTC' })),
  },
});

/**
 * Context memory is a cache: an entry goes to Redis with the life that is left to it, and an expired one stays behind.
 * Where a key occurs twice (a race of the legacy code) the highest id is the newest and wins.
 */
const contextEntries: CacheTarget = {
  kind: 'cache',
  cache: 'context:memory',
  entry: (row, nowMs) => {
    if (row.value === null) return { skip: 'no value' };
    if (row.expires_at === null) return { skip: 'no expiry' };
    const ttlMs = Number(row.expires_at) - nowMs;
    if (ttlMs < 1) return { skip: 'expired' };
    try {
      return { key: contextMemoryKey(String(row.context_type), String(row.key)), value: String(row.value), ttlMs };
    } catch (error) {
      if (error instanceof DomainError) return { reject: error.message };
      throw error;
    }
  },
};

export const contextMemory = legacyTable({
  source: { file, table: 'context_memory', key: 'id' },
  target: contextEntries,
  columns: {
    id: integer,
    context_type: text,
    key: text,
    value: nullable(json()),
    ttl: nullable(integer),
    created_at: nullable(timestamp({ zone: 'UTC' })),
    expires_at: nullable(timestamp({ zone: 'UTC' })),
  },
});
