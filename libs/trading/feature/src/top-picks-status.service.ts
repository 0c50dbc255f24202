import type { Clock } from '@sluice/core';
import type { LatestPicks, LatestPicksCache } from '@sluice/trading-caching';
import type { PicksScope, TopPicksRunRepository } from '@sluice/trading-persistence';
import { allAnswered, type HowAnswered } from './cache-status';
import { bypassed } from './cached-values.service';
import { isInLastSession, nowText, parseIndianTime } from './legacy-time';
import { roundHalfEven } from './round-half-even';
import type { CachePassing } from './sides/domain-reads';
import type { EffectivePicks, TopPicksStatus, TopPicksStatusRow } from './top-picks.response';

/** What the scheduler runs, in its order. */
const universes = ['nifty50', 'banknifty'];
const modes = ['Scalping', 'Intraday', 'Swing', 'Options', 'Futures'];
const scopes = universes.flatMap((universe) => modes.map((mode) => ({ universe, mode })));

const none: EffectivePicks = { has_cache: false, items_count: 0, as_of: null, age_minutes: null };

/** What a snapshot of picks says of itself. */
interface PicksSnapshot {
  readonly items: number;
  /** The engine's time: India's wall clock without a zone. */
  readonly asOf: string | null;
}

/** Where the picks of each universe and mode would come from, layer by layer. */
export class TopPicksStatusService {
  constructor(
    private readonly runs: Pick<TopPicksRunRepository, 'listLatestWithPicks'>,
    private readonly cache: Pick<LatestPicksCache, 'getAnswers' | 'idOf'>,
    private readonly clock: Clock,
    private readonly reads?: CachePassing,
  ) {}

  /** Two universes by five modes, as they are: nothing is loaded into the cache. Ages and the session are of true time. */
  async read(): Promise<{ status: TopPicksStatus; how: HowAnswered }> {
    const isPastCache = await this.reads?.mustGoPastCaches('runs');
    const [stored, cached] = await Promise.all([
      this.runs.listLatestWithPicks(scopes),
      isPastCache ? scopes.map(() => bypassed(undefined)) : this.cache.getAnswers(scopes),
    ]);
    const rows = scopes.map((scope, i) => {
      const run = stored.find(({ universe, mode }) => universe === scope.universe && mode === scope.mode);
      return this.row(scope, snapshotOf(cached[i]?.value), run ?? null);
    });
    return { status: { universes, modes, rows, generated_at: nowText(this.clock) }, how: allAnswered(cached) };
  }

  private row(scope: PicksScope, cached: PicksSnapshot | null, stored: PicksSnapshot | null): TopPicksStatusRow {
    return {
      ...scope,
      effective: this.effective([cached, stored]),
      layers: { memory: layer(null), redis: { ...layer(cached), key: this.cache.idOf(scope) }, sqlite: layer(stored) },
    };
  }

  /** The first layer that holds picks of the last trading session, as the legacy reader chose. */
  private effective(layers: readonly (PicksSnapshot | null)[]): EffectivePicks {
    const nowMs = this.clock.nowMs();
    for (const snapshot of layers) {
      const asOfMs = parseIndianTime(snapshot?.asOf ?? null);
      if (!snapshot || snapshot.items === 0 || asOfMs === null || !isInLastSession(asOfMs, nowMs)) continue;
      const age = roundHalfEven((nowMs - asOfMs) / 60_000, 1);
      return { has_cache: true, items_count: snapshot.items, as_of: snapshot.asOf, age_minutes: age };
    }
    return none;
  }
}

const snapshotOf = (picks: LatestPicks | null | undefined): PicksSnapshot | null =>
  picks ? { items: picks.items.length, asOf: picks.as_of } : null;

function layer(snapshot: PicksSnapshot | null): { present: boolean; items: number } {
  return { present: snapshot !== null && snapshot.items > 0, items: snapshot?.items ?? 0 };
}
