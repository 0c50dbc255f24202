import { ApiProperty } from '@nestjs/swagger';

export class CandlesAnswer {
  @ApiProperty({ example: 'TCS' })
  symbol!: string;

  @ApiProperty({ example: '1d' })
  interval!: string;

  @ApiProperty({ example: '2026-01-01' })
  from!: string;

  @ApiProperty({ example: '2026-01-09' })
  to!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Who gave them; null where there are none.',
    example: 'yahoo',
  })
  source!: string | null;

  @ApiProperty({
    description: 'By time: `time` in ISO 8601, the prices, and what else the source gives. What was no number is null.',
    type: 'array',
    items: { type: 'object', additionalProperties: true, required: ['time'], properties: { time: { type: 'string' } } },
    example: [
      { time: '2026-01-09T00:00:00+05:30', open: 3100, high: 3140.5, low: 3088, close: 3122.4, volume: 1204533 },
    ],
  })
  rows!: readonly object[];
}
