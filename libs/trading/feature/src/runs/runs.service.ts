import type { Clock } from '@sluice/core';
import type { Transaction } from '@sluice/postgres';
import type {
  RunText,
  RunTexts,
  StoredTopPicksRun,
  TopPicksResult,
  TopPicksRunRepository,
  TopPicksRunRow,
  TopPicksRunWriter,
} from '@sluice/trading-persistence';
import { cursorForms, Listing } from '../http/listing';
import type { Page } from '../http/page';
import { RequestInvalidError } from '../http/request.pipe';
import { parseBound, utcText } from '../legacy-time';
import { titleCase } from '../title-case';
import { runProblems } from './run.rules';
import { RunNotFoundError } from './runs.errors';

export interface RunsRequest {
  readonly universe?: string | undefined;
  readonly mode?: string | undefined;
  readonly trigger?: string | undefined;
  readonly start_utc?: string | undefined;
  readonly end_utc?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Bound by the application. */
export abstract class RunSettings {
  /** Runs older than so many days are archived where the caller says nothing; with 0 none. */
  abstract readonly retentionDays: number;
}

export interface RetentionRequest {
  readonly days?: number | undefined;
  readonly dry_run: boolean;
}

export interface RetentionResult {
  readonly days: number;
  readonly dry_run: boolean;
  /** Runs of before it are old; null where nothing is. */
  readonly cutoff: string | null;
  readonly archived: number;
  /** Old runs that are not archived yet. */
  readonly remaining: number;
}

interface RunParts {
  readonly runs: Pick<TopPicksRunRepository, 'list'>;
  readonly texts: Pick<RunTexts, 'find'>;
  readonly writer: Pick<TopPicksRunWriter, 'storeRun' | 'archive' | 'countDue'>;
  readonly retentionDays: number;
  readonly clock: Clock;
}

/** Runs that one request archives at most: with large payloads, well within the time of a transaction. */
const ARCHIVED_AT_ONCE = 1000;
const dayMs = 86_400_000;

const listing = new Listing<StoredTopPicksRun>({
  ...{ name: 'runs', forms: [cursorForms.time, cursorForms.id] },
  keyOf: ({ id, run }) => [`${run.generated_at_utc}Z`, String(id)],
});

/** Runs of the top-picks engine. */
export class RunsService {
  constructor(private readonly parts: RunParts) {}

  /** Stores what the engine gave, as of now; answers the run's id. Throws `API_REQUEST_INVALID` and `TRADING_RUN_NOT_JSON`. */
  store(tx: Transaction, result: Readonly<Record<string, unknown>>, trigger: string): Promise<string> {
    const problems = runProblems(result);
    if (problems.length > 0) throw new RequestInvalidError(problems);
    return this.parts.writer.storeRun(tx, result as TopPicksResult, trigger);
  }

  /** A page, newest first; universe and mode in any case, the trigger exactly, the bounds included. */
  async list({
    universe,
    mode,
    trigger,
    start_utc: start,
    end_utc: end,
    limit,
    cursor,
  }: RunsRequest): Promise<Page<TopPicksRunRow>> {
    const filter = {
      universe: universe?.toLowerCase() || undefined,
      mode: mode ? titleCase(mode) : undefined,
      trigger: trigger || undefined,
      from: parseBound(start),
      to: parseBound(end),
      withPayload: false,
    };
    const page = await listing.page({ limit, cursor }, (key, count) => {
      const [time, id] = key ?? [];
      const after = time === undefined ? undefined : { id: Number(id), run: { generated_at_utc: time } };
      return this.parts.runs.list({ ...filter, limit: count, after });
    });
    return { ...page, items: page.items.map(({ run }) => ({ ...run, generated_at_utc: `${run.generated_at_utc}Z` })) };
  }

  /** The first that was stored under an id. Throws `TRADING_RUN_NOT_FOUND`. */
  async get(runId: string): Promise<RunText> {
    const found = await this.parts.texts.find(runId);
    if (found === null) throw new RunNotFoundError();
    return found;
  }

  /** Moves runs older than so many days into the archive, the oldest first, a thousand at most. With 0 days nothing is old. */
  async archive(
    tx: Transaction,
    { days = this.parts.retentionDays, dry_run: isDry }: RetentionRequest,
  ): Promise<RetentionResult> {
    const head = { days, dry_run: isDry };
    if (days <= 0) return { ...head, cutoff: null, archived: 0, remaining: 0 };
    const cutoff = utcText(this.parts.clock.nowMs() - days * dayMs);
    const archived = isDry ? 0 : await this.parts.writer.archive(tx, cutoff, ARCHIVED_AT_ONCE);
    return { ...head, cutoff, archived, remaining: await this.parts.writer.countDue(tx, cutoff) };
  }
}
