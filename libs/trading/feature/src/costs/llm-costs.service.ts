import type { Clock } from '@sluice/core';
import type { Transaction } from '@sluice/postgres';
import type {
  LlmPriceRepository,
  LlmPriceRow,
  LlmRequestFilter,
  LlmRequestRepository,
  LlmRequestRow,
  LlmUsageRepository,
  LoggedLlmRequest,
  NewLlmRequest,
} from '@sluice/trading-persistence';
import { cursorForms, Listing } from '../http/listing';
import type { Page } from '../http/page';
import { utcDayOf, utcText } from '../legacy-time';
import { adviseModel, budgetAlert, roundedUsd } from './budget';
import { LlmPriceExistsError, LlmPriceMissingError } from './llm-costs.errors';
import type { LlmBudgetAnswer, LlmDailySpend, LlmRetention, LlmUsageAnswer } from './llm-costs.response';

const dayMs = 86_400_000;

interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Bound by the application. */
export abstract class LlmCostSettings {
  /** What a day may cost where the caller says nothing, an exact decimal. */
  abstract readonly dailyBudgetUsd: string;
}

interface Repositories {
  readonly prices: LlmPriceRepository;
  readonly requests: LlmRequestRepository;
  readonly usage: LlmUsageRepository;
}

const prices = new Listing<LlmPriceRow>({
  ...{ name: 'llm-prices', forms: [cursorForms.text, cursorForms.time] },
  keyOf: (row) => [row.model, row.valid_from],
});
const requests = new Listing<LlmRequestRow>({
  ...{ name: 'llm-requests', forms: [cursorForms.id] },
  keyOf: ({ id }) => [String(id)],
});

/**
 * What requests to language models cost. Money is exact until an answer rounds it, as the legacy tracker rounded: half to
 * even, on the double. Days are those of UTC.
 */
export class LlmCostsService {
  constructor(
    private readonly stored: Repositories,
    private readonly settings: LlmCostSettings,
    private readonly clock: Clock,
  ) {}

  listPrices({ model, ...page }: PageRequest & { model?: string | undefined }): Promise<Page<LlmPriceRow>> {
    return prices.page(page, (after, limit) => this.stored.prices.list({ model, after, limit }));
  }

  /** Throws `LLM_PRICE_EXISTS`. */
  async addPrice(tx: Transaction, price: LlmPriceRow): Promise<LlmPriceRow> {
    const added = await this.stored.prices.add(tx, price);
    if (!added) throw new LlmPriceExistsError();
    return added;
  }

  /** Throws `LLM_PRICE_MISSING`. */
  async logRequest(tx: Transaction, request: NewLlmRequest): Promise<LoggedLlmRequest> {
    const logged = await this.stored.requests.log(tx, request);
    if (!logged) throw new LlmPriceMissingError();
    return logged;
  }

  listRequests(request: PageRequest & Omit<LlmRequestFilter, 'limit' | 'beforeId'>): Promise<Page<LlmRequestRow>> {
    const { cursor, limit, ...filter } = request;
    return requests.page({ limit, cursor }, (after, count) =>
      this.stored.requests.list({ ...filter, beforeId: after?.[0], limit: count }),
    );
  }

  async getDailySpend(): Promise<LlmDailySpend> {
    const date = this.today();
    return { date, spent_usd: await this.stored.requests.spendOf(date) };
  }

  /** The rolling window of the last `days` times 24 hours, its beginning excluded: up to `days + 1` days of UTC. */
  async getUsage(days: number): Promise<LlmUsageAnswer> {
    const usage = await this.stored.usage.since(this.daysAgo(days));
    return {
      period_days: days,
      total_requests: usage.requests,
      total_input_tokens: usage.tokensInput,
      total_output_tokens: usage.tokensOutput,
      total_cost_usd: roundedUsd(usage.cost, 2),
      avg_cost_per_request: roundedUsd(usage.averageCost, 4),
      by_model: usage.models.map(({ model, requests, cost, defaultPriced }) => ({
        ...{ model, requests, cost_usd: roundedUsd(cost, 2), default_priced: defaultPriced },
      })),
      daily_breakdown: usage.days.map(({ date, requests, cost }) => ({
        date,
        requests,
        cost_usd: roundedUsd(cost, 2),
      })),
    };
  }

  /** Today's alert, and which model to use instead of `model`. */
  async getBudget({
    budgetUsd,
    model,
  }: {
    budgetUsd?: string | undefined;
    model?: string | undefined;
  }): Promise<LlmBudgetAnswer> {
    const spent = await this.stored.requests.spendOf(this.today());
    const alert = budgetAlert(spent, budgetUsd ?? this.settings.dailyBudgetUsd);
    return {
      ...alert,
      model: model ?? null,
      recommended_model: model === undefined ? null : adviseModel(model, alert.available),
    };
  }

  /** Archives at most `limit` requests that are older than `days`; a dry run counts them. */
  async retain(
    tx: Transaction,
    { days, limit, isDryRun }: { days: number; limit: number; isDryRun: boolean },
  ): Promise<LlmRetention> {
    const before = this.daysAgo(days);
    const archived = isDryRun ? 0 : await this.stored.requests.archive(tx, before, limit);
    const due = await this.stored.requests.countDue(tx, before);
    return { dry_run: isDryRun, before, archived, due };
  }

  private today(): string {
    return utcDayOf(this.clock.nowMs());
  }

  private daysAgo(days: number): string {
    return utcText(this.clock.nowMs() - days * dayMs);
  }
}
