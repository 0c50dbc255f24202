import type { Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IntegerParameter } from '../query-parameter';

/** Holds the longest values that rows are ordered by: the name of a model, of 200 characters of any script. */
const MAX_CURSOR = 2_000;

/** What every listing takes. */
export class PageQuery {
  @IntegerParameter({
    description: 'Rows of a page at most; one of large rows ends at 4 MB.',
    ...{ minimum: 1, maximum: 500, default: 100 },
  })
  limit: number = 100;

  @ApiPropertyOptional({ description: '`next` of the page before, of the same listing.' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_CURSOR)
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
