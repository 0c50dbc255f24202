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
  const turnOf = typeof by === 'function' ? by : () => by;
  const periods = new Periods(new WallClock(zone));
  return {
    freshForMs({ key, value, nowMs }) {
      const madeMs = madeAtMs?.(value) ?? nowMs;
      return Math.max(1, periods.endMs(turnOf(key), madeMs < nowMs ? madeMs : nowMs) - nowMs);
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

/** Days of eleven years. */
const MAX_KNOWN = 4_096;

/**
 * Where periods end. Remembered, because a bulk store asks for the same day over and over and a wall time costs
 * microseconds: the last period of each turn without any, and those before it for one.
 */
class Periods {
  readonly #last = new Map<CalendarTurn, Period>();
  readonly #known = new Map<string, Period>();

  constructor(private readonly clock: WallClock) {}

  endMs(turn: CalendarTurn, atMs: number): number {
    let period = this.#last.get(turn);
    if (!period || atMs < period.startMs || atMs >= period.endMs) {
      period = this.#find(turn, atMs);
      this.#last.set(turn, period);
    }
    return period.endMs;
  }

  #find(turn: CalendarTurn, atMs: number): Period {
    const [start, end] = wallBounds(turn, this.clock.wallMs(atMs));
    const name = `${turn}${start}`;
    const known = this.#known.get(name);
    if (known) return known;
    const period = { startMs: this.clock.instantMs(start), endMs: this.clock.instantMs(end) };
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(name, period);
    return period;
  }
}

/** First wall time of the period that holds this one, and of the next. */
function wallBounds(turn: CalendarTurn, wallMs: number): readonly [number, number] {
  const wall = new Date(wallMs);
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const monday = day - ((wall.getUTCDay() + 6) % 7);
  switch (turn) {
    case 'D':
      return [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)];
    case 'W':
      return [Date.UTC(year, month, monday), Date.UTC(year, month, monday + 7)];
    case 'M':
      return [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)];
    case 'Y':
      return [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
  }
}
