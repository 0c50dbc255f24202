import type { Client } from 'pg';
import type { ExactReader } from '../exact/exact-reader';
import { classify } from '../state/postgres-errors';
import { PlanLostError } from '../state/migration.errors';
import { checkOff, type PlannedRange, type RangeTotals, type TableState } from '../state/table-state';
import type { Lane } from './lane';
import { RangeLoad } from './range-load';

/** How a range is tried; each next way is slower and gives up on less. */
type Attempt = 'lane' | 'exact' | 'row-by-row';

/** After so many ranges in a row that PostgreSQL refused, the table's values are taken to need the exact lane anyway. */
const REFUSALS_IN_A_ROW = 3;

/**
 * Loads one range of a table in one transaction with its quarantine and its checkpoint: a crash can neither skip a range
 * nor repeat one. PostgreSQL is the judge of what the fast lane does not look at (encodings, JSON, days, constraints):
 * where it refuses the bytes the range is rolled back and goes through the exact lane, and where a constraint still says
 * no, row by row.
 */
export class RangeLoader {
  private refusals = 0;

  constructor(
    private readonly state: Pick<TableState, 'name' | 'plan'>,
    private readonly lane: Lane | null,
    private readonly exact: ExactReader,
    private readonly target: string,
  ) {}

  async load(client: Client, range: PlannedRange): Promise<RangeTotals> {
    for (const attempt of this.attempts()) {
      try {
        const totals = await this.inTransaction(client, range, attempt);
        if (attempt === 'lane') this.refusals = 0;
        return totals;
      } catch (error) {
        if (classify(error) !== 'data' || attempt === 'row-by-row') throw error;
        if (attempt === 'lane') this.refusals++;
      }
    }
    throw new TypeError('A range has no attempts.');
  }

  private attempts(): Attempt[] {
    return this.lane && this.refusals < REFUSALS_IN_A_ROW ? ['lane', 'exact', 'row-by-row'] : ['exact', 'row-by-row'];
  }

  private async inTransaction(client: Client, range: PlannedRange, attempt: Attempt): Promise<RangeTotals> {
    await client.query('BEGIN');
    try {
      const load = new RangeLoad(client, this.state.name, this.exact, this.target);
      if (attempt === 'lane' && this.lane) await load.throughLane(this.lane, range);
      else if (attempt === 'exact') await load.copyRows(this.exact.range(range.from, range.to));
      else await load.rowByRow(this.exact.range(range.from, range.to));
      const totals = await load.finish();
      if (!(await checkOff(client, this.state, range.seq, totals))) throw new PlanLostError(this.state.name);
      await client.query('COMMIT');
      return totals;
    } catch (error) {
      if (classify(error) !== 'connection') await client.query('ROLLBACK');
      throw error;
    }
  }
}
