import type { Client } from 'pg';
import {
  isRejected,
  type ConvertedRow,
  type ExactReader,
  type ExactRow,
  type RejectedRow,
} from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { classify, dataReason } from '../state/postgres-errors';
import { PlanLostError } from '../state/migration.errors';
import { keepOriginals, putAside } from '../state/quarantine';
import { checkOff, type PlannedRange, type RangeTotals, type TableState } from '../state/table-state';
import { copyIn, copyLine, toChunks } from './copy-in';
import type { Lane } from './lane';

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

/** What one attempt at one range has loaded, set aside and changed so far. */
class RangeLoad {
  private rows = 0n;
  private readonly rejected: RejectedRow[] = [];
  private readonly changed: Pick<ConvertedRow, 'key' | 'originals'>[] = [];
  private readonly rules = new Map<string, number>();
  private readonly copySql: string;

  constructor(
    private readonly client: Client,
    private readonly table: string,
    private readonly exact: ExactReader,
    target: string,
  ) {
    this.copySql = `COPY ${target} (${exact.columns.map(quoteName).join(', ')}) FROM STDIN`;
  }

  async throughLane(lane: Lane, range: PlannedRange): Promise<void> {
    const odd: bigint[] = [];
    const bytes = (function* (load: RangeLoad): Generator<Buffer> {
      for (const part of lane.stream(range)) {
        if ('bytes' in part) yield part.bytes;
        else if ('odd' in part) for (const key of part.odd) odd.push(key);
        else for (const [rule, count] of part.rules) load.count(rule, count);
      }
    })(this);
    this.rows += await copyIn(this.client, lane.copySql, bytes);
    if (odd.length > 0) await this.copyRows(this.exact.byKeys(odd));
  }

  async copyRows(rows: Iterable<ExactRow>): Promise<void> {
    this.rows += await copyIn(this.client, this.copySql, toChunks(this.lines(rows)));
  }

  /** Halves the rows until those that PostgreSQL refuses stand alone; the first of two with the same key wins. */
  async rowByRow(rows: Iterable<ExactRow>): Promise<void> {
    const good = [...rows].filter((row): row is ConvertedRow => {
      if (isRejected(row)) this.rejected.push(row);
      return !isRejected(row);
    });
    await this.copyHalves(good);
  }

  async finish(): Promise<RangeTotals> {
    await putAside(this.client, this.table, this.rejected);
    await keepOriginals(this.client, this.table, this.changed);
    return {
      rows: this.rows,
      quarantined: BigInt(this.rejected.length),
      skipped: 0n,
      normalised: Object.fromEntries(this.rules),
    };
  }

  private async copyHalves(rows: readonly ConvertedRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.client.query('SAVEPOINT rows');
    try {
      const lines = rows.map((row) => copyLine(row.values));
      this.rows += await copyIn(this.client, this.copySql, toChunks(lines));
      rows.forEach((row) => this.note(row));
      await this.client.query('RELEASE SAVEPOINT rows');
    } catch (error) {
      if (classify(error) !== 'data') throw error;
      await this.client.query('ROLLBACK TO SAVEPOINT rows; RELEASE SAVEPOINT rows');
      const [only] = rows;
      if (rows.length === 1 && only) {
        this.rejected.push({ key: only.key, ...dataReason(error), evidence: only.evidence() });
        return;
      }
      const middle = Math.ceil(rows.length / 2);
      await this.copyHalves(rows.slice(0, middle));
      await this.copyHalves(rows.slice(middle));
    }
  }

  private *lines(rows: Iterable<ExactRow>): Generator<string> {
    for (const row of rows) {
      if (isRejected(row)) {
        this.rejected.push(row);
        continue;
      }
      this.note(row);
      yield copyLine(row.values);
    }
  }

  private count(rule: string, values: number): void {
    if (values > 0) this.rules.set(rule, (this.rules.get(rule) ?? 0) + values);
  }

  private note(row: ConvertedRow): void {
    for (const rule of row.rules) this.count(rule, 1);
    if (row.originals.length > 0) this.changed.push({ key: row.key, originals: row.originals });
  }
}
