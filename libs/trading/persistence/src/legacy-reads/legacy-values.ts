import type { SqlValue } from '@sluice/legacy';

/** What a column of a legacy row is read as. Written anew here, and not taken from the migration, which is what is compared. */
export type Reading<T> = (value: SqlValue) => T;

export const text: Reading<string> = String;

export const real: Reading<number> = Number;

export const orNull =
  <T>(reading: Reading<T>): Reading<T | null> =>
  (value) =>
    value === null ? null : reading(value);

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\d*(Z|[+-]\d\d:?\d\d)?$/;

/** A time without an offset is UTC. ISO text without a zone mark, its fraction of six digits left out where it is zero. */
export const utc: Reading<string> = (value) => timeOf(value) ?? String(value);

/** The same with `Z`. */
export const utcZ: Reading<string> = (value) => {
  const time = timeOf(value);
  return time === null ? String(value) : `${time}Z`;
};

/** Null for what is no time, or none that there is: it is shown as it is, so that it is seen to differ. */
function timeOf(value: SqlValue): string | null {
  const [, day, time, fraction = '', zone = 'Z'] = TIME.exec(String(value)) ?? [];
  const at = new Date(`${day}T${time}${zone}`);
  if (Number.isNaN(at.getTime())) return null;
  const [whole] = at.toISOString().split('.');
  const micros = fraction.padEnd(6, '0');
  return micros === '000000' ? `${whole}` : `${whole}.${micros}`;
}

/**
 * Python writes `NaN` and infinities into JSON, which mean null; in texts they are text. A text that is cut off goes to the end:
 * nothing is ever tried a second time, however long it is.
 */
const NOT_JSON = /"(?:[^"\\]+|\\.?)*(?:"|$)|-?Infinity|NaN/gs;

/** The text as JSON; null where it is none. */
export const jsonText: Reading<string | null> = (value) => {
  if (value === null) return null;
  const written = String(value);
  if (isJson(written)) return written;
  const meant = written.replace(NOT_JSON, (found) => (found.startsWith('"') ? found : 'null'));
  return isJson(meant) ? meant : null;
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

export const json: Reading<unknown> = (value) => {
  const written = jsonText(value);
  return written === null ? null : (JSON.parse(written) as unknown);
};

/** Columns by name, and how each is read. */
export type Readings = Readonly<Record<string, Reading<unknown>>>;
type RowOf<R extends Readings> = { readonly [K in keyof R]: ReturnType<R[K]> };

/** The columns of `SELECT`, in the order in which `rowsOf` reads them. */
export const columnsOf = (readings: Readings): string => Object.keys(readings).join(', ');

export function rowsOf<R extends Readings>(readings: R, rows: readonly SqlValue[][]): RowOf<R>[] {
  const names = Object.entries(readings);
  return rows.map(
    (row) => Object.fromEntries(names.map(([name, reading], at) => [name, reading(row[at] ?? null)])) as RowOf<R>,
  );
}

/** A bound, ISO with a zone, as the legacy code writes the times that it compares as text: without a mark of the zone. */
export const boundText = (instant: string, separator: 'T' | ' '): string => utc(instant).replace('T', separator);

/** All of the conditions that are there, with their parameters. */
export function whereOf(conditions: readonly (readonly [sql: string, ...params: SqlValue[]] | false)[]): {
  readonly sql: string;
  readonly params: SqlValue[];
} {
  const given = conditions.filter((condition) => condition !== false);
  const sql = given.length === 0 ? '' : `WHERE ${given.map(([condition]) => condition).join(' AND ')}`;
  return { sql, params: given.flatMap(([, ...params]) => params) };
}
