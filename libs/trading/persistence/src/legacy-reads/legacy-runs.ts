import { createHash } from 'node:crypto';
import type { SqlValue } from '@sluice/legacy';
import type { RunText } from '../runs/run-texts';
import type {
  LatestPicks,
  LatestRun,
  PicksScope,
  StoredTopPicksRun,
  TopPicksRunFilter,
} from '../top-picks-run.repository';
import type { LegacyFiles, LegacyQuery } from './legacy-files';
import { boundText, columnsOf, jsonText, orNull, real, rowsOf, text, utc, utcZ, whereOf } from './legacy-values';

const SOURCE = { file: 'cache/top_picks_runs.db', table: 'top_picks_runs' } as const;

const numbers = {
  ...{ trigger: text, total_analyzed: orNull(real), filtered_count: orNull(real), picks_count: orNull(real) },
  ...{ elapsed_sec: orNull(real) },
};
const listed = { run_id: text, universe: text, mode: text, generated_at_utc: utc, ...numbers };
const whole = { ...listed, generated_at_utc: utcZ };

/** System C in the legacy file: `query_runs`, `get_latest_run_for` and `get_run_by_id`. Runs of one time by descending id. */
export class LegacyRuns {
  constructor(private readonly files: LegacyFiles) {}

  /** As `TopPicksRunRepository.list`. A payload that is no JSON is null. */
  list(filter: TopPicksRunFilter): Promise<StoredTopPicksRun[]> {
    const { universe, mode, trigger, from, to, limit, withPayload, after } = filter;
    const { sql, params } = whereOf([
      universe !== undefined && ['universe = ?', universe],
      mode !== undefined && ['mode = ?', mode],
      trigger !== undefined && ['trigger = ?', trigger],
      from !== undefined && ['generated_at_utc >= ?', boundText(from, 'T')],
      to !== undefined && ['generated_at_utc <= ?', boundText(to, 'T')],
      after !== undefined && [
        '(generated_at_utc, id) < (?, ?)',
        boundText(after.run.generated_at_utc, 'T'),
        BigInt(after.id),
      ],
    ]);
    const readings = { ...listed, id: real, payload: jsonText };
    const columns = withPayload ? columnsOf(readings) : `${columnsOf({ ...listed, id: real })}, NULL`;
    return this.files.read(SOURCE, (query) =>
      rowsOf(
        readings,
        query(
          `SELECT ${columns} FROM top_picks_runs ${sql} ORDER BY generated_at_utc DESC, id DESC LIMIT ?`,
          ...params,
          BigInt(limit),
        ),
      ).map(({ id, payload, ...run }) => ({ id, run, payload })),
    );
  }

  /** As `TopPicksRunRepository.listLatestWithPicks`. */
  listLatestWithPicks(scopes: readonly PicksScope[]): Promise<LatestPicks[]> {
    return this.files.read(SOURCE, (query) =>
      scopes.flatMap((scope): LatestPicks[] => {
        const [latest] = latestOf(query, scope);
        if (!latest) return [];
        const { picks, generated_at: asOf } = membersOf(jsonText(latest[3] ?? null));
        const items = Array.isArray(picks) ? picks.length : 0;
        return [
          { ...scope, items, asOf: typeof asOf === 'string' ? asOf : null, elapsedSec: orNull(real)(latest[2]!) },
        ];
      }),
    );
  }

  /** As `TopPicksRunRepository.findLatestWithPicks`; null also where the newest run's payload is no object of JSON. */
  findLatestWithPicks(scope: PicksScope): Promise<LatestRun | null> {
    return this.files.read(SOURCE, (query) => {
      const [latest] = latestOf(query, scope);
      const payload = latest ? jsonText(latest[3] ?? null) : null;
      if (!latest || payload === null || !payload.trimStart().startsWith('{')) return null;
      const [runId = null, generatedAt = null, elapsed = null] = latest;
      return { runId: text(runId), generatedAtUtc: utc(generatedAt), elapsedSec: orNull(real)(elapsed), payload };
    });
  }

  /** As `RunTexts.find`: of an id that is there twice the first row; null also where its payload is no JSON. */
  find(runId: string): Promise<RunText | null> {
    return this.files.read(SOURCE, (query) => {
      const sql = `SELECT ${columnsOf(whole)}, payload FROM top_picks_runs WHERE run_id = ? ORDER BY id LIMIT 1`;
      const [found] = query(sql, runId);
      const payload = found ? jsonText(found.at(-1) ?? null) : null;
      if (!found || payload === null) return null;
      const [row] = rowsOf(whole, [found]);
      const run = `${JSON.stringify(row).slice(0, -1)},"payload":${payload}}`;
      return { version: createHash('sha256').update(run).digest('hex').slice(0, 16), text: run };
    });
  }
}

function latestOf(query: LegacyQuery, { universe, mode }: PicksScope): SqlValue[][] {
  return query(
    `SELECT run_id, generated_at_utc, elapsed_sec, payload FROM top_picks_runs
     WHERE universe = ? AND mode = ? AND picks_count > 0 ORDER BY generated_at_utc DESC, id DESC LIMIT 1`,
    universe,
    mode,
  );
}

function membersOf(written: string | null): Readonly<Record<string, unknown>> {
  const value: unknown = written === null ? null : JSON.parse(written);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
