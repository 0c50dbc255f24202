/** Microseconds since 1970, UTC, as a bigint: a double does not hold them for all years. */
export type InstantUs = bigint;

const FIRST_US = BigInt(Date.UTC(2000, 0, 1)) * 1000n - 730_119n * 86_400_000_000n; // 0001-01-01
const LAST_US = BigInt(Date.UTC(9999, 11, 31, 23, 59, 59, 999)) * 1000n + 999n;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const STAMP = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}(?::?\d{2})?)?$/;

export interface StampReading {
  readonly instant: InstantUs;
  readonly form: 'time' | 'nanoseconds' | 'day';
  /** What the text says of its zone: `Z`, an offset, or nothing. */
  readonly label: string;
}

/** Midnight UTC of a `YYYY-MM-DD` text; null where there is no such day in the years 1 to 9999. */
export function readDay(text: string): InstantUs | null {
  const match = DAY.exec(text);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return BigInt(date.getTime()) * 1000n;
}

/** Reads a timestamp's text; what has no label is taken `eastUs` microseconds east of UTC. Null where it is none. */
export function readStamp(text: string, eastUs: number): StampReading | null {
  const match = STAMP.exec(text);
  const day = readDay(match ? match[1]! : text);
  if (day === null) return null;
  if (!match) return within({ instant: day - BigInt(eastUs), form: 'day', label: '' });
  const [, , hours, minutes, seconds, fraction = '', label = ''] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const east = label === '' ? eastUs : labelUs(label);
  if (east === null) return null;
  const clock = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000;
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));
  const instant = day + BigInt(clock + micros - east);
  return within({ instant, form: fraction.length > 6 ? 'nanoseconds' : 'time', label });
}

/** As PostgreSQL prints a timestamptz in UTC. */
export function stampText(instant: InstantUs): string {
  const micros = ((instant % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((instant - micros) / 1000n)).toISOString().slice(0, 19).replace('T', ' ');
  const fraction = micros.toString().padStart(6, '0').replace(/0+$/, '');
  return `${seconds}${fraction && `.${fraction}`}+00`;
}

const daysIn = (year: number, month: number): number =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : [4, 6, 9, 11].includes(month)
      ? 30
      : 31;

function labelUs(label: string): number | null {
  if (label === 'Z') return 0;
  const [hours, minutes] = [Number(label.slice(1, 3)), Number(label.slice(3).replace(':', '') || 0)];
  if (hours > 15 || minutes > 59) return null; // PostgreSQL takes no more.
  return (label.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000_000;
}

const within = (reading: StampReading): StampReading | null =>
  reading.instant < FIRST_US || reading.instant > LAST_US ? null : reading;
