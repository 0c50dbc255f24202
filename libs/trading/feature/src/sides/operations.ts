import {
  decimal,
  exact,
  explainedBy,
  float,
  ignored,
  instant,
  json,
  jsonText,
  listOf,
  record,
  type Rule,
  type Shape,
} from './comparison';
import type { LatestRun, RunText, StoredTopPicksRun } from '@sluice/trading-persistence';
import type { SharedOperation } from './domain-reads';

/** `prefix` is of their names where the methods of several repositories of a domain are named alike. */
const operations = <N extends string>(
  domain: string,
  named: Readonly<Record<N, { readonly answer: Shape }>>,
  prefix: string = domain,
): Readonly<Record<N, SharedOperation>> =>
  Object.fromEntries(
    Object.entries<{ readonly answer: Shape }>(named).map(([name, rest]) => [
      name,
      { domain, name: `${prefix}.${name}`, ...rest },
    ]),
  ) as Record<N, SharedOperation>;

/** Texts, whole numbers and flags are compared exactly. */
const exactly = (...names: string[]): Record<string, Shape> => Object.fromEntries(names.map((name) => [name, exact]));
const instants = (...names: string[]): Record<string, Shape> =>
  Object.fromEntries(names.map((name) => [name, instant]));

const floats = (...names: string[]): Record<string, Shape> => Object.fromEntries(names.map((name) => [name, float]));
const jsons = (...names: string[]): Record<string, Shape> => Object.fromEntries(names.map((name) => [name, json]));

/** The legacy program adds up doubles; the migration rounds each cost to eight decimals, which is declared in its mapping. */
const rounded: Rule = {
  name: 'costs are kept to eight decimals',
  applies: (legacy, target) => Math.abs(Number(legacy) - Number(target)) < 1e-6,
};
const cost = explainedBy(decimal, rounded);
const sums = { requests: exact, cost };

/** System A. */
export const costOperations = operations('llm-costs', { spendOf: { answer: cost } });
export const usageOperations = operations('llm-costs', {
  since: {
    answer: record({
      ...{ ...sums, ...exactly('tokensInput', 'tokensOutput') },
      averageCost: float,
      models: listOf(
        record({ ...sums, model: exact, defaultPriced: ignored('the legacy program knows no price list') }),
      ),
      days: listOf(record({ ...sums, date: exact })),
    }),
  },
});

const INDIA_MS = 330 * 60_000;

/** The legacy program labels India's wall clock as UTC; who migrated could choose to keep it or to mend it. */
const indiaLabel: Rule = {
  name: "India's time, labelled UTC and mended",
  applies: (legacy, target) => Date.parse(String(legacy)) - Date.parse(String(target)) === INDIA_MS,
};

/** System B. */
export const recommendationOperations = operations('recommendations', {
  list: {
    answer: listOf(
      record({
        ...exactly('id', 'symbol', 'mode', 'universe', 'source', 'recommendation', 'direction', 'confidence', 'run_id'),
        ...exactly('rank_in_run', 'policy_version', 'evaluated', 'exit_reason'),
        ...floats('entry_price', 'stop_loss_price', 'target_price', 'score_blend', 'exit_price', 'pnl_pct'),
        ...instants('evaluated_at_utc', 'exit_time_utc'),
        generated_at_utc: explainedBy(instant, indiaLabel),
      }),
    ),
  },
  totalsByMode: {
    answer: listOf(
      record({ ...exactly('mode', 'trades', 'wins'), ...floats('pnlSum', 'lowerMiddlePnl', 'upperMiddlePnl') }),
    ),
  },
});

const analysis = {
  ...exactly('id', 'symbol', 'agent_type', 'confidence', 'reasoning'),
  ...{ score: float, created_at: instant, ...jsons('signals', 'metadata') },
};

/** System D, but for preferences: they are joined of two stores, and a write is checked against their version. */
export const analysisOperations = operations(
  'context',
  {
    findLatest: { answer: record({ ...analysis, ...jsons('global_context', 'policy_context') }) },
    list: { answer: listOf(record(analysis)) },
  },
  'context.analyses',
);
export const learningOperations = operations(
  'context',
  {
    list: {
      answer: listOf(
        record({
          ...exactly('id', 'agent_type', 'pattern_recognized', 'sample_size'),
          ...{ accuracy: float, last_updated: instant },
        }),
      ),
    },
  },
  'context.learnings',
);

/** System E. */
export const tradeOperations = operations('picks', {
  listDaily: {
    answer: listOf(
      record({
        ...exactly('date', 'mode', 'trades'),
        ...floats('avg_ret_close_pct', 'avg_max_drawdown_pct', 'win_rate', 'hit_target_rate', 'hit_stop_rate'),
      }),
    ),
  },
});
export const policyOperations = operations('picks', {
  findActive: {
    answer: record({
      ...exactly('id', 'policy_id', 'name', 'description', 'status'),
      ...{ ...jsons('config', 'metrics'), ...instants('created_at', 'updated_at', 'activated_at', 'deactivated_at') },
      version: ignored('of the row in PostgreSQL; the file has none'),
    }),
  },
});

const counts = exactly('trigger', 'total_analyzed', 'filtered_count', 'picks_count');
const run = record({
  ...{ ...exactly('run_id', 'universe', 'mode'), ...counts, ...instants('generated_at_utc') },
  elapsed_sec: float,
});

/** The legacy program deletes runs after so many days; what it deleted by that is kept in PostgreSQL. */
const RETENTION_MS = 90 * 86_400_000;
const isOld = (time: unknown): boolean => Date.parse(`${String(time).replace(/Z$/, '')}Z`) < Date.now() - RETENTION_MS;

const keptRuns: Rule = {
  name: "kept after the legacy program's retention",
  applies: (_, further) => (further as StoredTopPicksRun[]).every(({ run }) => isOld(run.generated_at_utc)),
};
const keptRun: Rule = {
  name: keptRuns.name,
  applies: (legacy, target) => {
    const { generatedAtUtc, text = '{}' } = (target ?? {}) as Partial<LatestRun & RunText>;
    const time = generatedAtUtc ?? (JSON.parse(text) as { generated_at_utc?: unknown }).generated_at_utc;
    return legacy === null && isOld(time);
  },
};

/** System C. */
export const runOperations = operations('runs', {
  list: { answer: listOf(record({ id: exact, run, payload: jsonText }), keptRuns) },
  listLatestWithPicks: {
    answer: listOf(record({ ...exactly('universe', 'mode', 'items', 'asOf'), elapsedSec: float })),
  },
  findLatestWithPicks: {
    answer: explainedBy(
      record({ runId: exact, generatedAtUtc: instant, elapsedSec: float, payload: jsonText }),
      keptRun,
    ),
  },
});

/** The whole of a run is JSON text on both sides. */
export const runTextOperations = operations('runs', {
  find: {
    answer: explainedBy(
      record({ version: ignored('of the row in PostgreSQL, and of the text in the file'), text: jsonText }),
      keptRun,
    ),
  },
});
