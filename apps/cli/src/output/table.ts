import Table from 'cli-table3';

export type Align = 'left' | 'right';

/** A plain table without colours, that reads the same in a terminal, a log and a bug report. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[],
): string {
  const table = new Table({
    head: [...head],
    colAligns: [...align],
    style: { head: [], border: [], compact: true },
    chars: {
      top: '─', 'top-mid': '┬', 'top-left': '┌', 'top-right': '┐', bottom: '─', 'bottom-mid': '┴', 'bottom-left': '└',
      'bottom-right': '┘', left: '│', 'left-mid': '├', mid: '─', 'mid-mid': '┼', right: '│', 'right-mid': '┤', middle: '│',
    }, // prettier-ignore
  });
  rows.forEach((row) => table.push([...row]));
  return table.toString();
}

/** The table's time grows with the square of its rows: ten thousand take many seconds, and a hundred thousand never end. */
export const SHOWN_ROWS = 1_000;

/** A table of as many rows as a person reads, of `total`; of a command that gives all of them with `--json`. */
export function formatFirstRows(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[],
  total = rows.length,
): string {
  const table = formatTable(head, rows.slice(0, SHOWN_ROWS), align);
  const more = total - SHOWN_ROWS;
  return more > 0 ? `${table}\n… and ${countOf(more, 'more row')}; --json gives all.` : table;
}

export const formatCount = (value: number | bigint): string => value.toLocaleString('en');

/** `1 row`, `2,000 rows`. */
export const countOf = (count: number | bigint, noun: string): string =>
  `${formatCount(count)} ${noun}${Number(count) === 1 ? '' : 's'}`;

/** `1.2 s`, `340 ms`. */
export const formatMs = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

const HUNDRED_YEARS_MS = 36_500 * 86_400_000;

/** What is left of a life; nothing below 0. Null is without end, and so is what outlives everybody. */
export const formatLife = (ms: number | null): string =>
  ms === null || ms >= HUNDRED_YEARS_MS ? 'no end' : formatMs(Math.max(0, ms));

export const formatBytes = (bytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
};
