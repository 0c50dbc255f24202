import type { DatabaseSyncInstance as DatabaseSync, StatementSyncInstance } from '@photostructure/sqlite';

export type BoundValue = null | number | bigint | string | Uint8Array;

/**
 * Inserts rows many at a time: one call over the border to SQLite per `width` rows, which is several times as fast as one
 * per row. Rows keep their order; `finish` writes the rest.
 */
export class BulkInsert {
  private readonly full: StatementSyncInstance;
  private values: BoundValue[] = [];
  rows = 0;

  constructor(
    private readonly database: DatabaseSync,
    private readonly table: string,
    private readonly columns: readonly string[],
    private readonly width = 40,
  ) {
    this.full = this.prepare(width);
  }

  add(row: readonly BoundValue[]): void {
    for (const value of row) this.values.push(value);
    this.rows += 1;
    if (this.values.length < this.width * this.columns.length) return;
    this.full.run(...this.values);
    this.values = [];
  }

  finish(): void {
    if (this.values.length === 0) return;
    this.prepare(this.values.length / this.columns.length).run(...this.values);
    this.values = [];
  }

  private prepare(rows: number): StatementSyncInstance {
    const row = `(${this.columns.map(() => '?').join(',')})`;
    const names = this.columns.map((name) => `"${name}"`).join(',');
    return this.database.prepare(`INSERT INTO ${this.table} (${names}) VALUES ${Array(rows).fill(row).join(',')}`);
  }
}
