import type { Page } from './page';
import { RequestInvalidError } from './request.pipe';

/** What a page is asked for with. */
interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The values of a row that its listing is ordered by. */
type RowKey = readonly string[];

interface ListingParts<Row> {
  /** Part of its cursors: one of another listing is refused here, though its values may look the same. */
  readonly name: string;
  /** How each of the values looks; the last of them is unique. */
  readonly forms: readonly CursorForm[];
  readonly keyOf: (row: Row) => RowKey;
  /** Its rows hold JSON of any size, so that a page of five hundred may be too much for the memory of the process. */
  readonly isWide?: boolean;
}

/** Where a page of wide rows ends, whatever was asked for: JSON of so many characters. One row is always given. */
const WIDE_PAGE_LENGTH = 4_000_000;
/** Wide rows that are read at once: few, while nobody knows how large they are. As a request, one may have 1 MiB. */
const FIRST_ROWS = 10;
const MOST_ROWS = 50;

/** Rows in an order that does not move, given a page at a time. */
export class Listing<Row> {
  constructor(private readonly about: ListingParts<Row>) {}

  /**
   * A page of at most `limit` rows. `read` gives so many rows behind a key, or from the first one on: one more than the page has
   * room for, so that it is known without counting whether there are more. Throws `API_REQUEST_INVALID` for a cursor of
   * another listing.
   */
  async page(
    { limit, cursor }: PageRequest,
    read: (after: RowKey | null, count: number) => Promise<readonly Row[]>,
  ): Promise<Page<Row>> {
    const after = this.keyIn(cursor);
    return this.about.isWide ? this.widePage(limit, after, read) : this.cut(await read(after, limit + 1), limit);
  }

  private async widePage(
    limit: number,
    first: RowKey | null,
    read: (after: RowKey | null, count: number) => Promise<readonly Row[]>,
  ): Promise<Page<Row>> {
    const rows: Row[] = [];
    let [after, length, asked] = [first, 0, Math.min(FIRST_ROWS, limit + 1)];
    for (;;) {
      const more = await read(after, asked);
      for (const row of more) {
        rows.push(row);
        length += JSON.stringify(row).length;
        if (length > WIDE_PAGE_LENGTH && rows.length > 1) return this.cut(rows, Math.min(rows.length - 1, limit));
      }
      if (more.length < asked || rows.length > limit) return this.cut(rows, limit);
      after = this.about.keyOf(rows.at(-1)!);
      asked = Math.min(MOST_ROWS, limit + 1 - rows.length);
    }
  }

  private cut(rows: readonly Row[], limit: number): Page<Row> {
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, next: rows.length > limit && last !== undefined ? this.cursorOf(last) : null };
  }

  private cursorOf(row: Row): string {
    const { name, keyOf } = this.about;
    return Buffer.from(JSON.stringify([name, ...keyOf(row)])).toString('base64url');
  }

  private keyIn(cursor: string | undefined): RowKey | null {
    if (cursor === undefined) return null;
    const { name, forms } = this.about;
    const [listing, ...key] = membersOf(cursor);
    const isOurs =
      listing === name &&
      key.length === forms.length &&
      key.every((value, i) => typeof value === 'string' && forms[i]?.test(value));
    if (isOurs) return key as string[];
    throw new RequestInvalidError([
      { pointer: '/cursor', detail: 'cursor must be `next` of another page of this listing' },
    ]);
  }
}

function membersOf(cursor: string): unknown[] {
  try {
    const members: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(members) ? members : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Tells whether a text can be a value of a cursor; a regular expression is one. */
export interface CursorForm {
  test(value: string): boolean;
}

const TIME = /^(?!0000)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?Z$/;

/** Forms of values in cursors. What passes is one for PostgreSQL too: a made-up cursor is refused and fails no statement. */
export const cursorForms = {
  id: /^\d{1,18}$/,
  /** Any text that PostgreSQL holds. */
  text: { test: (value: string): boolean => value.isWellFormed() && !value.includes('\0') },
  /** UTC to the microsecond, as PostgreSQL is asked to write it. */
  time: {
    test: (value: string): boolean => {
      const [, seconds] = TIME.exec(value) ?? [];
      const at = Date.parse(`${seconds}Z`);
      return !Number.isNaN(at) && new Date(at).toISOString().startsWith(seconds!);
    },
  },
} as const;
