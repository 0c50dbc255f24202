import type { Clock } from '@sluice/core';
import type { StoredTopPicksRun, TopPicksRunFilter, TopPicksRunRepository } from '@sluice/trading-persistence';
import { nowText, parseBound } from './legacy-time';
import { titleCase } from './title-case';

export interface HistoryRequest {
  readonly universe?: string | undefined;
  readonly mode?: string | undefined;
  readonly trigger?: string | undefined;
  readonly startUtc?: string | undefined;
  readonly endUtc?: string | undefined;
  readonly limit?: number | null | undefined;
  readonly includePayload?: boolean | undefined;
}

export interface TopPicksHistory {
  /** Read page by page while the answer is written; the first is there already, so its failure is an error answer. */
  readonly pages: AsyncIterable<readonly StoredTopPicksRun[]>;
  readonly filters: Readonly<Record<'universe' | 'mode' | 'trigger' | 'start_utc' | 'end_utc', string | null>>;
  readonly includePayload: boolean;
  readonly generatedAt: string;
}

/**
 * Runs that are in memory at once: of the first page few, because nobody knows yet how large they are; then as many as the ones
 * before let expect within 4 MB. Those behind small ones may all be as large as a request, 1 MiB: with payloads they are 50 at
 * most, whatever was before. Whoever reads slowly holds one page.
 */
const firstRows = 10;
const pageRows = { withPayload: 50, withoutPayload: 250 };
const pageLength = 4_000_000;

/** How many runs like these are a page. */
function rowsLike(page: readonly StoredTopPicksRun[], { withPayload }: TopPicksRunFilter): number {
  const longest = Math.max(1, ...page.map(({ payload }) => payload?.length ?? 0));
  const most = withPayload ? pageRows.withPayload : pageRows.withoutPayload;
  return Math.min(Math.max(Math.floor(pageLength / longest), 1), most);
}

/** The runs of the top-picks engine, newest first. */
export class TopPicksHistoryService {
  constructor(
    private readonly runs: TopPicksRunRepository,
    private readonly clock: Clock,
  ) {}

  /** Universe and mode in any case, the trigger exactly. The limit is clamped to 1..5000 (none: 500; 0 and null: 1). */
  async list(request: HistoryRequest = {}): Promise<TopPicksHistory> {
    const { universe, mode, trigger, startUtc, endUtc, limit = 500, includePayload = true } = request;
    const filter: TopPicksRunFilter = {
      universe: universe?.toLowerCase() || undefined,
      mode: mode ? titleCase(mode) : undefined,
      trigger: trigger || undefined,
      from: parseBound(startUtc),
      to: parseBound(endUtc),
      limit: Math.min(Math.max(limit ?? 1, 1), 5000),
      withPayload: includePayload,
    };
    const first = await this.runs.list({ ...filter, limit: Math.min(filter.limit, firstRows) });
    const filters = {
      universe: universe ?? null,
      mode: mode ?? null,
      trigger: trigger ?? null,
      start_utc: startUtc ?? null,
      end_utc: endUtc ?? null,
    };
    return { pages: this.#pages(first, filter), filters, includePayload, generatedAt: nowText(this.clock) };
  }

  async *#pages(first: StoredTopPicksRun[], filter: TopPicksRunFilter): AsyncGenerator<StoredTopPicksRun[]> {
    let [page, asked, left] = [first, Math.min(filter.limit, firstRows), filter.limit];
    for (;;) {
      yield page;
      left -= page.length;
      if (left === 0 || page.length < asked) return;
      asked = Math.min(left, rowsLike(page, filter));
      page = await this.runs.list({ ...filter, after: page.at(-1), limit: asked });
    }
  }
}
