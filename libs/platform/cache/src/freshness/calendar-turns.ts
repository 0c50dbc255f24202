import type { Freshness } from './freshness';
import { WallClock } from './wall-clock';

/** Day, ISO week (from Monday), month, year. */
export type CalendarTurn = 'D' | 'W' | 'M' | 'Y';

export interface CalendarRule<K, V> {
  /** An IANA name, such as `Asia/Kolkata`. */
  readonly zone: string;
  readonly by: CalendarTurn | ((key: K) => CalendarTurn);
  /**
   * When the value was made, in milliseconds; without it, when it is stored. A level of yesterday that is stored today is
   * past its life at once. A time in the future, or none (NaN), counts as now.
   */
  readonly madeAtMs?: (value: V) => number;
}

/**
 * Fresh until the calendar of a zone turns, whatever its clocks do in between: a day of 23 or 25 hours ends at its
 * midnight. Throws `CacheOptionError` for a zone that Node does not know.
 */
export function untilCalendarTurns<K, V = unknown>({ zone, by, madeAtMs }: CalendarRule<K, V>): Freshness<K, V> {
  const clock = new WallClock(zone);
  const turnOf = typeof by === 'function' ? by : () => by;
  const known = new Map<CalendarTurn, Period>();

  const endMs = (turn: CalendarTurn, atMs: number): number => {
    let period = known.get(turn);
    if (!period || atMs < period.startMs || atMs >= period.endMs) {
      period = periodAt(clock, turn, atMs);
      known.set(turn, period);
    }
    return period.endMs;
  };
  return {
    freshForMs({ key, value, nowMs }) {
      const madeMs = madeAtMs?.(value) ?? nowMs;
      return Math.max(1, endMs(turnOf(key), madeMs < nowMs ? madeMs : nowMs) - nowMs);
    },
    says: `until the ${typeof by === 'function' ? 'day, week, month or year of the key' : names[by]} turns in ${zone}`,
  };
}

const names: Readonly<Record<CalendarTurn, string>> = { D: 'day', W: 'ISO week', M: 'month', Y: 'year' };

/** From the start, up to but without the end. */
interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

/** A bulk store asks for the same day over and over, and a wall time costs microseconds: hence the callers' memory of it. */
function periodAt(clock: WallClock, turn: CalendarTurn, atMs: number): Period {
  const wall = new Date(clock.wallMs(atMs));
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const monday = day - ((wall.getUTCDay() + 6) % 7);
  const bounds: Readonly<Record<CalendarTurn, readonly [number, number]>> = {
    D: [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)],
    W: [Date.UTC(year, month, monday), Date.UTC(year, month, monday + 7)],
    M: [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)],
    Y: [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)],
  };
  const [start, end] = bounds[turn];
  return { startMs: clock.instantMs(start), endMs: clock.instantMs(end) };
}
