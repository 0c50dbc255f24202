import type { LegacyDatabase } from '@sluice/legacy';
import { activeChoices } from '../exact/label';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import type { KeyRange, Lane } from './lane';
import { PagesLane } from './pages-lane';
import { averageRowBytes } from './row-size';
import { SqlLane } from './sql-lane';

export interface LaneChoice {
  readonly name: 'pages' | 'sql' | 'exact';
  /** Null: every row goes through the exact lane. */
  readonly lane: Lane | null;
  /** Why not a faster one; null where there is none. */
  readonly reason: string | null;
  readonly ranges: readonly KeyRange[];
}

/** A range has no more rows, about, however short they are: the keys of those that a lane leaves out stay in memory. */
const MOST_ROWS = 100_000;

/** The fastest lane that is right for a table. A corrected label looks at two columns of a row: the exact lane does. */
export function chooseLane(
  database: LegacyDatabase,
  table: LegacyTable,
  options: {
    readonly lane: 'auto' | 'pages' | 'sql' | 'exact';
    readonly choices: Choices;
    readonly rangeBytes: number;
  },
  rows: bigint,
): LaneChoice {
  const average = averageRowBytes(database, table) ?? database.sizeBytes / Math.max(1, Number(rows));
  const rowBytes = Math.max(average, options.rangeBytes / MOST_ROWS);
  const sqlLane = (): SqlLane => new SqlLane(database, table, rowBytes, options.rangeBytes);
  const exact = (reason: string): LaneChoice => ({ name: 'exact', lane: null, reason, ranges: sqlLane().plan() });
  if (activeChoices(table, options.choices).length > 0) return exact('a label is corrected');
  if (database.encoding !== 'UTF-8') return exact(`its texts are ${database.encoding}`);
  if (options.lane === 'exact') return exact('asked for');
  const pages =
    options.lane === 'sql'
      ? 'asked for'
      : PagesLane.of(database, table, { rows: Number(rows), rowBytes, rangeBytes: options.rangeBytes });
  if (typeof pages === 'string') {
    const sql = sqlLane();
    return { name: 'sql', lane: sql, reason: pages, ranges: sql.plan() };
  }
  return { name: 'pages', lane: pages, reason: null, ranges: pages.plan() };
}
