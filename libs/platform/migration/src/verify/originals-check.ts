import type { KeptOriginal } from './exact-row';
import type { Findings } from './verification';

/** Asks PostgreSQL, where the originals are. */
export interface OriginalsReader {
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
}

interface OriginalRow {
  row_key: string;
  column_name: string;
  original: Buffer;
}

/**
 * Rules that cannot be computed back promise to keep the original. Each promise is looked up, texts byte by byte, and in
 * the end the count says whether there are originals that no rule speaks of.
 */
export class OriginalsCheck {
  private expected = 0n;

  constructor(
    private readonly target: OriginalsReader,
    private readonly table: string,
    private readonly findings: Findings,
    /** Originals of rows that are kept as history stay with them. */
    private readonly hasHistory = false,
  ) {}

  async check(kept: readonly KeptOriginal[]): Promise<void> {
    if (kept.length === 0) return;
    this.expected += BigInt(kept.length);
    const keys = [...new Set(kept.map(({ rowKey }) => rowKey))];
    const rows = (await this.exists())
      ? await this.target.rows<OriginalRow>(
          'SELECT row_key, column_name, original FROM migration_originals WHERE table_name = $1 AND row_key = ANY ($2)',
          [this.table, keys],
        )
      : [];
    const found = new Map(rows.map((row) => [`${row.row_key} ${row.column_name}`, row.original]));
    for (const { rowKey, column, bytes } of kept) {
      const original = found.get(`${rowKey} ${column}`);
      if (original && (!bytes || original.equals(bytes))) continue;
      const kind = original ? 'changed' : 'missing';
      const source = bytes ? `original ${bytes.toString()}` : 'original';
      this.findings.add({ rowKey, column, kind, source, target: original ? `original ${original.toString()}` : null });
    }
  }

  /** After the last range. */
  async finish(): Promise<void> {
    if (!(await this.exists())) return;
    const [row] = await this.target.rows<{ count: string }>(
      `SELECT count(*) AS count FROM migration_originals o WHERE table_name = $1${this.hasHistory ? NOT_KEPT : ''}`,
      [this.table],
    );
    const count = BigInt(row?.count ?? 0);
    if (count <= this.expected) return; // What is missing was named already.
    const target = `${count} originals`;
    this.findings.add({ rowKey: '*', column: null, kind: 'extra', source: `${this.expected} originals`, target });
  }

  private async exists(): Promise<boolean> {
    const [row] = await this.target.rows<{ there: boolean }>(
      "SELECT to_regclass('migration_originals') IS NOT NULL AS there",
    );
    return row?.there ?? false;
  }
}

const NOT_KEPT = ` AND NOT EXISTS (SELECT 1 FROM migration_kept k WHERE k.table_name = o.table_name AND k.row_key::text = o.row_key)`;
