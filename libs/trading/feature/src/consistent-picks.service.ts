import { Injectable } from '@nestjs/common';
import type { Answer } from '@sluice/cache';
import { consistentPicks, TradingCaches, type GlobalScore } from '@sluice/trading-caching';
import { UniverseRepository, type UniverseRecord } from '@sluice/trading-persistence';
import { allAnswered, type HowAnswered } from './cache-status';
import type { ConsistentPicks } from './consistent-picks.response';

/** More names than there are universes: what is beyond them is not looked up. */
const MAX_UNIVERSES = 20;
const MEMBERS_FRESH_MS = 300_000;

const NOTE = 'Scores are those of the score cache; this service analyses no symbol.';
const NO_REFRESH =
  'A refresh was asked for and not made: this service analyses no symbol. Scores are those of the cache.';

/**
 * Picks of several universes from one score per symbol. The scores come from an engine that is not here: what it left in
 * the cache is ranked, and nothing is made up for a symbol without one.
 */
@Injectable()
export class ConsistentPicksService {
  constructor(
    private readonly caches: TradingCaches,
    private readonly universes: UniverseRepository,
  ) {}

  async read(
    names: readonly string[],
    limit: number,
    isRefresh: boolean,
  ): Promise<{ picks: ConsistentPicks; how: HowAnswered }> {
    const wanted = [...new Set(names)].slice(0, MAX_UNIVERSES);
    const records = new Map<string, UniverseRecord>();
    for (const name of wanted) records.set(name, await this.membersOf(name));
    const members = new Map([...records].map(([name, { symbols }]) => [name, symbols] as const));
    const symbols = [...new Set([...members.values()].flat())];
    const answers = await this.caches.scores.getAnswers(symbols);
    const scores = scoresOf(symbols, answers);
    const ranked = consistentPicks(members, scores, { topN: limit });
    const [analysedAt] = await this.caches.scoresTimestamp.getMany(['cache_timestamp']);
    const picks: ConsistentPicks = {
      universes: Object.fromEntries(
        wanted.map((name) => [name, universeOf(ranked.get(name) ?? [], limit, records.get(name))] as const),
      ),
      as_of: analysedAt ?? null,
      consistency_guaranteed: true,
      actionable_only: true,
      cache_valid: symbols.length > 0 && scores.size === symbols.length,
      note: isRefresh ? NO_REFRESH : NOTE,
    };
    return { picks, how: allAnswered(answers) };
  }

  private async membersOf(name: string): Promise<UniverseRecord> {
    const key = `universe:${name.toUpperCase()}`;
    return this.caches.general.getCached(key, () => this.universes.find(name), { freshMs: MEMBERS_FRESH_MS });
  }
}

function scoresOf(
  symbols: readonly string[],
  answers: readonly Answer<GlobalScore | undefined>[],
): Map<string, GlobalScore> {
  const found = symbols.flatMap((symbol, i) => {
    const score = answers[i]?.value;
    return score ? [[symbol, score] as const] : [];
  });
  return new Map(found);
}

function universeOf(items: readonly object[], requested: number, record: UniverseRecord | undefined) {
  const message =
    items.length === requested
      ? `The ${requested} best actionable picks.`
      : `${items.length} of ${requested} picks: no other symbol has an actionable score.`;
  return {
    items: [...items],
    count: items.length,
    requested,
    total_universe_stocks: record?.stocks ?? record?.symbols.length ?? 0,
    display_message: message,
  };
}
