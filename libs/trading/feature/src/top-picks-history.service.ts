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

/** Runs that are in memory at once: with payloads as large as the largest known, under 4 MB. */
const pageRows = 250;

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
    const first = await this.#page(filter, filter.limit);
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
    let left = filter.limit;
    for (let page = first; ; page = await this.#page({ ...filter, after: page.at(-1) }, left)) {
      yield page;
      left -= page.length;
      if (left === 0 || page.length < pageRows) return;
    }
  }

  #page(filter: TopPicksRunFilter, left: number): Promise<StoredTopPicksRun[]> {
    return this.runs.list({ ...filter, limit: Math.min(left, pageRows) });
  }
}
