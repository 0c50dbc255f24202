import type { Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IntegerParameter } from '../query-parameter';
import { RequestInvalidError } from './request.pipe';

/** What every listing takes. */
export class PageQuery {
  @IntegerParameter({ description: 'Rows of a page.', minimum: 1, maximum: 500, default: 100 })
  limit: number = 100;

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}

/** A page; `next` is null on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** The documented form of a page of `item`. */
export function pageOf<Item>(item: Type<Item>): Type<Page<Item>> {
  class PageAnswer {
    @ApiProperty({ type: [item] })
    items!: Item[];

    @ApiProperty({ type: 'string', nullable: true, description: 'Where the next page begins; null on the last one.' })
    next!: string | null;
  }
  Object.defineProperty(PageAnswer, 'name', { value: `${item.name}Page` });
  return PageAnswer;
}

/**
 * Makes a page of `limit` rows from the `limit + 1` that were asked for: whether there are more is known without counting.
 * `keyOf` gives the values that the rows are ordered by, the last of them unique.
 */
export function toPage<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly string[],
): { readonly items: readonly Row[]; readonly next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encode(keyOf(last)) : null };
}

const encode = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/**
 * The values behind which a page begins, null for the first page. `forms` says how each of them looks. Throws
 * `API_REQUEST_INVALID` for a cursor of another form. One of another listing with the same form is a place in this one.
 */
export function readCursor(cursor: string | undefined, forms: readonly CursorForm[]): readonly string[] | null {
  if (cursor === undefined) return null;
  const key = decoded(cursor);
  const isOurs =
    Array.isArray(key) &&
    key.length === forms.length &&
    key.every((value, i) => typeof value === 'string' && forms[i]?.test(value));
  if (!isOurs) throw new RequestInvalidError([{ pointer: '/cursor', detail: 'cursor must be `next` of another page' }]);
  return key as string[];
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (error) {
    if (error instanceof SyntaxError) return null;
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
