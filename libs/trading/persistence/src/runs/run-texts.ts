import { BatchedReads, type BatchPool } from '@sluice/postgres';
import { utcText } from '../legacy-sql';

/** A run with its payload, as JSON; `version` changes with each update of the row. */
export interface RunText {
  readonly version: string;
  readonly text: string;
}

/** JSON knows no infinities. */
const finite = (column: string): string => `CASE WHEN abs(${column}) < 'Infinity' THEN ${column} END AS ${column}`;

/** Of each id the first that was stored, the version in front of the text. */
const BY_ID = {
  name: 'run_text_by_id',
  parts: 1,
  sql: `
    SELECT asked.at::int, run.text
    FROM unnest($1::text[]) WITH ORDINALITY AS asked (run_id, at)
    CROSS JOIN LATERAL (
      SELECT xmin::text || ' ' || (
               SELECT row_to_json(shown)::text FROM (
                 SELECT stored.run_id, universe, mode, ${utcText('generated_at_utc').sql} || 'Z' AS generated_at_utc, trigger,
                        total_analyzed, filtered_count, picks_count, ${finite('elapsed_sec')}, payload
               ) AS shown
             ) AS text
      FROM top_picks_runs AS stored WHERE stored.run_id = asked.run_id
      ORDER BY id LIMIT 1
    ) AS run`,
};

/** Runs as PostgreSQL writes them: parsing a payload here would round integers beyond 2^53. */
export class RunTexts {
  private readonly reads: BatchedReads;

  constructor(pool: BatchPool) {
    this.reads = new BatchedReads(pool, BY_ID);
  }

  /** The run of an id, the first that was stored where there are several; null where there is none. */
  async find(runId: string): Promise<RunText | null> {
    if (runId.includes('\0')) return null; // PostgreSQL holds none, and would fail the whole batch.
    const found = await this.reads.read([runId]);
    if (found === null) return null;
    const end = found.indexOf(' ');
    return { version: found.slice(0, end), text: found.slice(end + 1) };
  }
}
