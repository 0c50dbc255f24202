import type { Clock } from '@sluice/core';
import type { PickRepository, TopPicksRunRepository } from '@sluice/trading-persistence';
import { utcDayOf, utcText } from '../legacy-time';
import type { ScalpingExits } from '../recommendations/scalping-exits';
import { allExits, exitsSince, openOf, readRun, type Position, type PositionsMeta } from './active-positions';
import { readMs } from './scalping.service';

interface PositionsParts {
  readonly runs: Pick<TopPicksRunRepository, 'list'>;
  readonly picks: Pick<PickRepository, 'listScalpingTrades'>;
  readonly exits: Pick<ScalpingExits, 'records'>;
  readonly clock: Clock;
}

interface ActivePositions {
  readonly positions: readonly Position[];
  /** The last run first. */
  readonly runs: readonly PositionsMeta[];
  /** What is known to have ended since yesterday. */
  readonly exits: readonly unknown[];
}

const HOUR_MS = 3_600_000;
/** No position is older, and a scalping trade is over within its day. */
const DAY_MS = 24 * HOUR_MS;
/** A run of each universe every ten minutes of a session is 37 a day. */
const MAX_RUNS = 500;

/** The scalping trades that are under way, as far as runs and exits tell: nobody keeps a list of positions. */
export class PositionsService {
  constructor(private readonly parts: PositionsParts) {}

  /** Of the runs of the last hours, the last run first and its picks in their order. */
  async active(lookbackHours: number): Promise<ActivePositions> {
    const { runs, clock } = this.parts;
    const from = utcText(clock.nowMs() - lookbackHours * HOUR_MS);
    const [stored, exits] = await Promise.all([
      runs.list({ mode: 'Scalping', from, limit: MAX_RUNS, withPayload: true }),
      this.exits(),
    ]);
    const found = stored.map(readRun);
    const positions = found.flatMap((run) => run.positions);
    return { positions: openOf(positions, exits, readMs), runs: found.map(({ meta }) => meta), exits };
  }

  /** Those of `exits` that ended within the last minutes, the last one first. */
  recent(exits: readonly unknown[], minutes: number): unknown[] {
    return exitsSince(exits, this.parts.clock.nowMs() - minutes * 60_000, readMs);
  }

  /** A pick is logged before its run is stored: an hour before that, at the utmost. */
  private async exits(): Promise<unknown[]> {
    const nowMs = this.parts.clock.nowMs();
    const days = [utcDayOf(nowMs - DAY_MS), utcDayOf(nowMs)];
    const [trades, ...ofFiles] = await Promise.all([
      this.parts.picks.listScalpingTrades(utcText(nowMs - DAY_MS - HOUR_MS)),
      ...days.map((day) => this.parts.exits.records(day)),
    ]);
    return allExits(ofFiles.flat(), trades, readMs);
  }
}
