import { makeRun, type Run } from './top-picks';

export const sampleTables = [
  'llm_requests',
  'top_picks_runs',
  'ai_recommendations',
  'agent_analyses',
  'agent_learnings',
  'user_preferences',
  'pick_events',
  'pick_agent_contributions',
  'pick_outcomes',
  'rl_policies',
  'support_resistance_levels',
  'context_memory',
] as const;
export type SampleTable = (typeof sampleTables)[number];

/** Of a hundred rows, how many are in which table. */
const shares: Readonly<Record<SampleTable, number>> = {
  llm_requests: 42,
  top_picks_runs: 3,
  ai_recommendations: 15,
  agent_analyses: 6,
  agent_learnings: 0.2,
  user_preferences: 0.8,
  pick_events: 6,
  pick_agent_contributions: 20,
  pick_outcomes: 5,
  rl_policies: 0.1,
  support_resistance_levels: 0.6,
  context_memory: 1.3,
};

export type RowCounts = Readonly<Record<SampleTable, number>>;

/** Rows per table. Levels end at four per symbol that the sample knows, so their count is a wish only. */
export function planRows(rows: number, wanted: Partial<Record<SampleTable, number>>): RowCounts {
  const counts = sampleTables.map(
    (table) => [table, wanted[table] ?? Math.round((rows * shares[table]) / 100)] as const,
  );
  return Object.fromEntries(counts) as Record<SampleTable, number>;
}

const picksAfterRun = [0, 0, 2, 2, 5, 5, 6, 10, 10, 13];
const picksPerCycle = 15;

/**
 * The runs of the engine, oldest first. The legacy code deletes runs after 90 days but keeps their recommendations, so where
 * more recommendations are wanted than the stored runs can hold, they belong to runs before the first stored id.
 */
export class RunPlan {
  /** Every run there ever was. */
  readonly total: number;
  /** Deleted by the legacy retention; ids up to here are gone. */
  readonly deleted: number;

  constructor(
    private readonly seed: number,
    private readonly nowUs: number,
    private readonly recommendations: number,
    stored: number,
  ) {
    this.total = Math.max(stored, Math.ceil(recommendations / 5));
    this.deleted = this.total - stored;
  }

  /** The run with this id, 1 to `total`. */
  get(id: number): Run {
    return makeRun(this.seed, id, this.picksUpTo(id) - this.picksUpTo(id - 1), this.total, this.nowUs);
  }

  /** Picks of all runs up to this id: uneven, with runs that found nothing, and exactly `recommendations` at the end. */
  private picksUpTo(id: number): number {
    return id === this.total
      ? this.recommendations
      : Math.floor((this.weight(id) * this.recommendations) / this.weight(this.total));
  }

  private weight(id: number): number {
    const cycle = picksAfterRun.length;
    return Math.floor(id / cycle) * picksPerCycle + (picksAfterRun[id % cycle] ?? 0);
  }
}
