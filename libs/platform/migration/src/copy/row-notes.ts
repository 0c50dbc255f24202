import type { Client } from 'pg';
import type { ConvertedRow, RejectedRow } from '../exact/exact-reader';
import { keepOriginals, putAside } from '../state/quarantine';

/** So many rows, or about so many bytes, are noted before they are written. */
const FULL_ROWS = 2000;
const FULL_BYTES = 1024 * 1024;

/** What the rows of a range leave beside their table: those set aside, originals of changed values, counts of rules. */
export class RowNotes {
  rejected = 0;
  readonly rules = new Map<string, number>();
  private aside: RejectedRow[] = [];
  private changed: Pick<ConvertedRow, 'key' | 'originals'>[] = [];
  private bytes = 0;

  constructor(
    private readonly client: Client,
    private readonly table: string,
  ) {}

  /** True: it is time to `write`, as soon as the connection is free. */
  get isFull(): boolean {
    return this.aside.length + this.changed.length >= FULL_ROWS || this.bytes >= FULL_BYTES;
  }

  count(rule: string, values: number): void {
    if (values > 0) this.rules.set(rule, (this.rules.get(rule) ?? 0) + values);
  }

  reject(row: RejectedRow): void {
    this.rejected++;
    this.aside.push(row);
    this.bytes += JSON.stringify(row.evidence).length;
  }

  accept(row: ConvertedRow): void {
    for (const rule of row.rules) this.count(rule, 1);
    if (row.originals.length === 0) return;
    this.changed.push({ key: row.key, originals: row.originals });
    for (const { bytes } of row.originals) this.bytes += bytes.length;
  }

  /** Writes what is noted so far; its memory is free then. */
  async write(): Promise<void> {
    const { aside, changed } = this;
    this.aside = [];
    this.changed = [];
    this.bytes = 0;
    await putAside(this.client, this.table, aside);
    await keepOriginals(this.client, this.table, changed);
  }
}
