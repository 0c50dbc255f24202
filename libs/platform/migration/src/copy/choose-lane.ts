import type { LegacyDatabase } from '@sluice/legacy';
import { activeChoices } from '../exact/label';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import type { KeyRange, Lane } from './lane';
import { PagesLane } from './pages-lane';
import { SqlLane } from './sql-lane';

export interface LaneChoice {
  readonly name: 'pages' | 'sql' | 'exact';
  /** Null: every row goes through the exact lane. */
  readonly lane: Lane | null;
  /** Why not a faster one; null where there is none. */
  readonly reason: string | null;
  readonly ranges: readonly KeyRange[];
}

/** The fastest lane that is right for a table. A corrected label looks at two columns of a row: the exact lane does. */
export function chooseLane(
  database: LegacyDatabase,
  table: LegacyTable,
  options: { readonly lane: 'auto' | 'pages' | 'sql' | 'exact'; readonly choices: Choices },
  rows: bigint,
): LaneChoice {
  const sql = (): SqlLane => new SqlLane(database, table, rows === 0n ? 1 : database.sizeBytes / Number(rows));
  if (activeChoices(table, options.choices).length > 0) {
    return { name: 'exact', lane: null, reason: 'a label is corrected', ranges: sql().plan() };
  }
  if (options.lane === 'exact') return { name: 'exact', lane: null, reason: 'asked for', ranges: sql().plan() };
  const obstacle = options.lane === 'sql' ? 'asked for' : PagesLane.obstacle(database, table);
  if (obstacle === null) {
    const lane = new PagesLane(database, table);
    return { name: 'pages', lane, reason: null, ranges: lane.plan() };
  }
  const lane = sql();
  return { name: 'sql', lane, reason: obstacle, ranges: lane.plan() };
}
