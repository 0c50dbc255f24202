import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';

const flag = (example: boolean, description: string) => ApiProperty({ type: 'boolean', example, description });

export class UniversePicks {
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'Scores with all of their members, and a rank from 1.',
  })
  items!: object[];
  @ApiProperty({ type: 'integer', example: 5 }) count!: number;
  @ApiProperty({ type: 'integer', example: 5 }) requested!: number;
  @ApiProperty({
    type: 'integer',
    example: 50,
    description: 'As the newest run counted them; without one, those that were ever recommended.',
  })
  total_universe_stocks!: number;
  @ApiProperty({ type: 'string', example: 'The 5 best actionable picks.' }) display_message!: string;
}

@ApiExtraModels(UniversePicks)
export class ConsistentPicks {
  @ApiProperty({ type: 'object', additionalProperties: { $ref: getSchemaPath(UniversePicks) } })
  universes!: Record<string, UniversePicks>;
  @ApiProperty({
    type: 'string',
    nullable: true,
    example: '2026-01-09T05:30:00Z',
    description: 'When any symbol was analysed last; null where that is not known.',
  })
  as_of!: string | null;
  @flag(true, 'A symbol has the same score in each universe.') consistency_guaranteed!: boolean;
  @flag(true, 'Only actionable scores are picked.') actionable_only!: boolean;
  @flag(false, 'Every member that is known has a score which is not over six hours old.') cache_valid!: boolean;
  @ApiProperty({ type: 'string', example: 'Scores are those of the score cache; this service analyses no symbol.' })
  note!: string;
}
