import type { Client } from 'pg';
import { isRejected, type ConvertedRow, type ExactReader, type ExactRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { classify, dataReason } from '../state/postgres-errors';
import type { RangeTotals } from '../state/table-state';
import { copyIn, copyPieces, toChunks } from './copy-in';
import type { Lane } from './lane';
import { RowNotes } from './row-notes';

/** Row by row, so many rows and, single rows aside, so many characters are halved at a time. */
const GROUP_ROWS = 1000;
const GROUP_CHARS = 1024 * 1024;

/**
 * What one attempt at one range loads, sets aside and changes. A connection in a COPY takes nothing else, and what the
 * rows leave beside their table must not pile up: so a COPY ends when there is enough to note, and after the notes are
 * written another one begins, all in the caller's transaction.
 */
export class RangeLoad {
  private rows = 0n;
  private readonly notes: RowNotes;
  private readonly copySql: string;

  constructor(
    private readonly client: Client,
    table: string,
    private readonly exact: ExactReader,
    target: string,
  ) {
    this.notes = new RowNotes(client, table);
    this.copySql = `COPY ${target} (${exact.columns.map(quoteName).join(', ')}) FROM STDIN`;
  }

  async throughLane(lane: Lane, range: Parameters<Lane['stream']>[0]): Promise<void> {
    const odd: bigint[] = [];
    const bytes = (function* (notes: RowNotes): Generator<Buffer> {
      for (const part of lane.stream(range)) {
        if ('bytes' in part) yield part.bytes;
        else if ('odd' in part) for (const key of part.odd) odd.push(key);
        else for (const [rule, count] of part.rules) notes.count(rule, count);
      }
    })(this.notes);
    this.rows += await copyIn(this.client, lane.copySql, bytes);
    if (odd.length > 0) await this.copyRows(this.exact.byKeys(odd));
  }

  async copyRows(rows: Iterable<ExactRow>): Promise<void> {
    const source = rows[Symbol.iterator]();
    for (let more = true; more;) {
      const lines = this.lines(source, () => (more = false));
      this.rows += await copyIn(this.client, this.copySql, toChunks(lines));
      await this.notes.write();
    }
  }

  /** Halves the rows until those that PostgreSQL refuses stand alone; the first of two with the same key wins. */
  async rowByRow(rows: Iterable<ExactRow>): Promise<void> {
    let group: ConvertedRow[] = [];
    let chars = 0;
    for (const row of rows) {
      if (isRejected(row)) this.notes.reject(row);
      else {
        group.push(row);
        chars += row.values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
      }
      if (group.length < GROUP_ROWS && chars < GROUP_CHARS && !this.notes.isFull) continue;
      await this.copyHalves(group);
      await this.notes.write();
      group = [];
      chars = 0;
    }
    await this.copyHalves(group);
  }

  async finish(): Promise<RangeTotals> {
    await this.notes.write();
    return {
      rows: this.rows,
      quarantined: BigInt(this.notes.rejected),
      skipped: 0n,
      normalised: Object.fromEntries(this.notes.rules),
    };
  }

  private async copyHalves(rows: readonly ConvertedRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.client.query('SAVEPOINT rows');
    try {
      const lines = (function* (): Generator<string> {
        for (const { values } of rows) yield* copyPieces(values);
      })();
      this.rows += await copyIn(this.client, this.copySql, toChunks(lines));
      rows.forEach((row) => this.notes.accept(row));
      await this.client.query('RELEASE SAVEPOINT rows');
    } catch (error) {
      if (classify(error) !== 'data') throw error;
      await this.client.query('ROLLBACK TO SAVEPOINT rows; RELEASE SAVEPOINT rows');
      const [only] = rows;
      if (rows.length === 1 && only) {
        this.notes.reject({ key: only.key, ...dataReason(error), evidence: only.evidence() });
        return;
      }
      const middle = Math.ceil(rows.length / 2);
      await this.copyHalves(rows.slice(0, middle));
      await this.copyHalves(rows.slice(middle));
    }
  }

  /** The rows' lines until there is enough to note; `ended` is called where there are no more rows. */
  private *lines(rows: Iterator<ExactRow>, ended: () => void): Generator<string> {
    while (!this.notes.isFull) {
      const next = rows.next();
      if (next.done) return ended();
      if (isRejected(next.value)) {
        this.notes.reject(next.value);
        continue;
      }
      this.notes.accept(next.value);
      yield* copyPieces(next.value.values);
    }
  }
}
