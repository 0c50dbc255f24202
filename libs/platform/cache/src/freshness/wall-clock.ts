import { CacheOptionError } from '../declare/cache-options';
import { days } from './durations';

/**
 * What clocks on the wall show in a zone, by Node's own copy of the IANA data. A wall time is written as the milliseconds
 * at which a clock in Greenwich shows the same, so that days and weeks are plain arithmetic. From the year 1000 to 9999.
 */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;

  /** Throws `CacheOptionError` for a zone that Node does not know. */
  constructor(readonly zone: string) {
    try {
      this.#format = new Intl.DateTimeFormat('en-US', { ...fields, timeZone: zone });
    } catch (error) {
      throw new CacheOptionError(`zone is no time zone that Node knows: ${JSON.stringify(zone)}.`, { cause: error });
    }
  }

  /** The wall time at a moment. */
  wallMs(atMs: number): number {
    const shown = this.#format.format(atMs).match(/\d+/g);
    if (shown?.length !== 6) throw new CacheOptionError(`No wall time in ${this.zone} at ${atMs} ms.`);
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = shown.map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((atMs % 1000) + 1000) % 1000);
  }

  /**
   * The moment of a wall time: the first of two where clocks are set back, the moment of the change where they are set
   * forward over it (a midnight of São Paulo, the 30th of December 2011 of Samoa).
   */
  instantMs(wallMs: number): number {
    const around = [wallMs - days(1), wallMs + days(1)];
    const candidates = around.map((atMs) => wallMs - (this.wallMs(atMs) - atMs));
    const found = candidates.filter((atMs) => this.wallMs(atMs) === wallMs);
    return found.length > 0 ? Math.min(...found) : this.#firstAfter(wallMs);
  }

  #firstAfter(wallMs: number): number {
    let [before, after] = [wallMs - days(2), wallMs + days(2)];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.wallMs(middle) < wallMs) before = middle;
      else after = middle;
    }
    return after;
  }
}

const fields = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;
