import { corrupt, type PageFile } from '@sluice/legacy';
import { RecordReader } from './page-record';
import { RowWriter } from './page-row';
import type { PageLayout } from './page-layout';

const chunkBytes = 256 * 1024;

/** What a binary COPY starts with. */
export const copyHeader = (): Buffer => Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);

/** What a binary COPY ends with. */
export const copyTrailer = (): Buffer => Buffer.from([0xff, 0xff]);

/**
 * Turns the leaf pages of a table into tuples of PostgreSQL's binary COPY without making a JavaScript value of any text.
 * It vouches for plain values only (see `RowWriter`), and not for rows of megabytes; every other row is left out and named to `odd`, in key order, before
 * the chunk that would have held it. Whatever breaks the file format throws `LEGACY_CORRUPT`; a page is read only while
 * the `LegacyDatabase` of the pages is open. Several encoders may share one `PageFile`.
 */
export class PageEncoder {
  private readonly records: RecordReader;
  private readonly row: RowWriter;

  constructor(
    private readonly pages: PageFile,
    private readonly layout: PageLayout,
  ) {
    this.records = new RecordReader(pages, layout.fields.length);
    this.row = new RowWriter(layout);
  }

  /** How many decimals of vouched rows lost digits, by column, since the encoder was made: the rule `rounded`. */
  get rounded(): ReadonlyMap<string, number> {
    return new Map(
      this.layout.columns.flatMap(({ name }, i) => (this.row.rounded[i] ? [[name, this.row.rounded[i]] as const] : [])),
    );
  }

  /**
   * Tuples without header and trailer, in chunks of up to 256 KiB, or of one row where it is longer. Each chunk is freshly
   * allocated and never touched again, so that a socket may keep it; memory is bounded by what the caller keeps.
   */
  *encode(leaves: Iterable<number>, odd: (key: bigint) => void): Generator<Buffer, void, undefined> {
    const { pages, records, row } = this;
    row.begin(chunkBytes);
    for (const page of leaves) {
      let base = pages.locate(page);
      const cells = records.openLeaf(page, base);
      for (let i = 0; i < cells; i++) {
        if (!records.readCell(page, base, i)) {
          odd(records.key);
          continue;
        }
        const need = row.mostBytes(records.length);
        if (need > row.room) {
          if (row.used > 0) yield row.take();
          row.begin(Math.max(chunkBytes, need));
          base = pages.locate(page); // Whoever used the pages meanwhile may have moved the window.
          records.openLeaf(page, base);
          records.readCell(page, base, i);
        }
        if (!records.readFields()) throw corrupt(pages.path, `a record outside its cell on page ${page}`);
        if (!row.write(records)) odd(records.key);
      }
    }
    if (row.used > 0) yield row.take();
  }
}
