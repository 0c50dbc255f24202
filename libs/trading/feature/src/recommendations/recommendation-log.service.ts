import type { Clock } from '@sluice/core';
import type { Transaction } from '@sluice/postgres';
import type { LoggedScope, NewRecommendation, RecommendationWriter } from '@sluice/trading-persistence';
import { RequestInvalidError } from '../http/request.pipe';
import type { Members } from '../json-members';
import { nowText } from '../legacy-time';
import { headProblem, type ItemReading, type PayloadHead, readHead, readItem } from './recommendation.rules';

/** What became of one item of a payload. */
export interface LoggedItem {
  readonly index: number;
  readonly symbol: string | null;
  readonly status: 'stored' | 'skipped' | 'refused';
  /** The row; of an item that is there already, the row of before. */
  readonly id: number | null;
  readonly reason: string | null;
}

export interface LoggedPayload {
  readonly stored: number;
  readonly items: readonly LoggedItem[];
}

/** Of a payload with more items the first ones are logged. */
export const MAX_ITEMS = 50;
/** Of more items than these nothing is said one by one: the answer would be thirty times as large as the request. */
const MAX_ANSWERS = 1_000;

/** Logs the picks of a run as recommendations. */
export class RecommendationLogService {
  constructor(
    private readonly writer: RecommendationWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Logs the first fifty items of a payload, and answers of a thousand; without a list of items, nothing. An item that cannot be stored is answered
   * with its reason and the others are stored: the legacy store rolled all of them back. Of a run each symbol and mode is
   * stored once, however often it is logged; a payload without `run_id` counts as the same run as another one of its
   * universe and time. One without a time either is a new one each time. Throws `API_REQUEST_INVALID` for a payload that
   * says something unusable of all its items.
   */
  async log(tx: Transaction, payload: Members, source: string): Promise<LoggedPayload> {
    const problem = headProblem(payload);
    if (problem !== null) throw new RequestInvalidError([{ pointer: '/payload', detail: `payload: ${problem}` }]);
    const head = readHead(payload, source);
    const items = Array.isArray(payload['items']) ? (payload['items'] as unknown[]) : [];
    const nowUtc = nowText(this.clock);
    const readings = items.slice(0, MAX_ITEMS).map((item) => readItem(item, head, nowUtc));
    const logged = await this.store(tx, readings, scopeOf(head));
    const answers = readings.map((reading, index) => answerOf(reading, index, logged));
    const beyond = items.slice(MAX_ITEMS, MAX_ANSWERS).map((_item, i): LoggedItem => ({
      ...{ index: MAX_ITEMS + i, symbol: null, status: 'skipped', id: null },
      reason: `only the first ${MAX_ITEMS} items are logged`,
    }));
    return { stored: answers.filter(({ status }) => status === 'stored').length, items: [...answers, ...beyond] };
  }

  private async store(tx: Transaction, readings: readonly ItemReading[], scope: LoggedScope | null): Promise<Logged> {
    const rows = new Map<string, NewRecommendation>();
    for (const reading of readings)
      if ('row' in reading && !rows.has(keyOf(reading.row))) rows.set(keyOf(reading.row), reading.row);
    if (scope !== null && rows.size > 0) await this.writer.lockScope(tx, scope);
    const before = scope !== null && rows.size > 0 ? await this.writer.listLogged(tx, scope) : [];
    const known = new Map(before.map((row) => [keyOf(row), row.id]));
    const fresh = await this.writer.insert(
      tx,
      [...rows].flatMap(([key, row]) => (known.has(key) ? [] : [row])),
    );
    return { known, fresh: new Map(fresh.map((row) => [keyOf(row), row.id])), told: new Set() };
  }
}

/** Ids by symbol and mode: of rows that were there, and of those that were stored now. */
interface Logged {
  readonly known: ReadonlyMap<string, number>;
  readonly fresh: ReadonlyMap<string, number>;
  /** Which of the fresh ones were answered: a second item of the same symbol is none of them. */
  readonly told: Set<string>;
}

const keyOf = ({ symbol, mode }: { symbol: string; mode: string }): string => JSON.stringify([symbol, mode]);

function scopeOf({ runId, universe, generatedAtUtc }: PayloadHead): LoggedScope | null {
  if (runId !== null) return { runId };
  return generatedAtUtc === null ? null : { universe, generatedAtUtc };
}

function answerOf(reading: ItemReading, index: number, { known, fresh, told }: Logged): LoggedItem {
  if ('refused' in reading)
    return { index, symbol: reading.symbol, status: 'refused', id: null, reason: reading.refused };
  if ('skipped' in reading)
    return { index, symbol: reading.symbol, status: 'skipped', id: null, reason: reading.skipped };
  const { symbol } = reading.row;
  const key = keyOf(reading.row);
  const before = known.get(key) ?? (told.has(key) ? fresh.get(key) : undefined);
  if (before !== undefined) return { index, symbol, status: 'skipped', id: before, reason: 'it is logged already' };
  told.add(key);
  return { index, symbol, status: 'stored', id: fresh.get(key) ?? null, reason: null };
}
