import type { Clock } from '@sluice/core';
import type { PicksScope, TopPicksRunRepository } from '@sluice/trading-persistence';
import { isInLastSession, nowText, parseIndianTime } from './legacy-time';
import type { PicksSnapshot, PicksSnapshotCache } from './picks-snapshot.cache';
import { roundHalfEven } from './round-half-even';
import type { EffectivePicks, TopPicksStatus, TopPicksStatusRow } from './top-picks.response';

/** What the scheduler runs, in its order. */
const universes = ['nifty50', 'banknifty'];
const modes = ['Scalping', 'Intraday', 'Swing', 'Options', 'Futures'];
const scopes = universes.flatMap((universe) => modes.map((mode) => ({ universe, mode })));

const none: EffectivePicks = { has_cache: false, items_count: 0, as_of: null, age_minutes: null };

/** Where the picks of each universe and mode would come from, layer by layer. */
export class TopPicksStatusService {
  constructor(
    private readonly runs: TopPicksRunRepository,
    private readonly cache: PicksSnapshotCache,
    private readonly clock: Clock,
  ) {}

  /** Two universes by five modes. Ages and the session are those of true time. */
  async read(): Promise<TopPicksStatus> {
    const stored = await this.runs.listLatestWithPicks(scopes);
    const rows = await Promise.all(
      scopes.map((scope) => {
        const run = stored.find(({ universe, mode }) => universe === scope.universe && mode === scope.mode);
        return this.#row(scope, run ?? null);
      }),
    );
    return { universes, modes, rows, generated_at: nowText(this.clock) };
  }

  async #row({ universe, mode }: PicksScope, stored: PicksSnapshot | null): Promise<TopPicksStatusRow> {
    const key = `top_picks:${universe.toLowerCase()}:${mode.toLowerCase()}`;
    const cached = await this.cache.find(key);
    return {
      universe,
      mode,
      effective: this.#effective([cached, stored]),
      layers: { memory: layer(null), redis: { ...layer(cached), key }, sqlite: layer(stored) },
    };
  }

  /** The first layer that holds picks of the last trading session, as the legacy reader chose. */
  #effective(layers: readonly (PicksSnapshot | null)[]): EffectivePicks {
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

function layer(snapshot: PicksSnapshot | null): { present: boolean; items: number } {
  return { present: snapshot !== null && snapshot.items > 0, items: snapshot?.items ?? 0 };
}
