import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const text = (example: string) => ApiProperty({ type: 'string', example });
const found = () =>
  ApiProperty({ type: 'boolean', example: true, description: 'Without a value there is a `message` in its place.' });
const optionalObject = (description: string) =>
  ApiPropertyOptional({ type: 'object', additionalProperties: true, description });

export class CachedPicksAnswer {
  @text('success') status!: string;
  @found() found!: boolean;
  @text('picks:latest:nifty50:Intraday') key!: string;
  @text('nifty50') universe!: string;
  @text('Intraday') mode!: string;
  @optionalObject('`items`, `as_of`, `universe`, `mode` and what else the engine gave.') data?: object;
  @ApiPropertyOptional({ type: 'string', example: 'There are no picks of this universe and mode.' }) message?: string;
}

export class PicksHeatmapAnswer {
  @text('success') status!: string;
  @found() found!: boolean;
  @text('picks:latest:nifty50:Intraday') key!: string;
  @text('nifty50') universe!: string;
  @text('Intraday') mode!: string;
  @ApiPropertyOptional({ type: 'string', example: '2026-01-09T20:14:34.765817' }) as_of?: string;
  @ApiPropertyOptional({ type: 'integer', example: 1 }) count?: number;
  @ApiPropertyOptional({ type: [String], example: ['TCS'], description: 'Of the items, sorted.' }) symbols?: string[];
  @ApiPropertyOptional({ type: 'array', items: { type: 'object', additionalProperties: true } }) items?: object[];
  @ApiPropertyOptional({ type: 'string' }) message?: string;
}

export class CachedSnapshotAnswer {
  @text('success') status!: string;
  @found() found!: boolean;
  @text('portfolio:monitor:positions:last') key!: string;
  @optionalObject('As its job left it.') data?: object;
  @ApiPropertyOptional({ type: 'string', example: 'Nothing is cached under this key.' }) message?: string;
}

export class OverviewPart {
  @ApiProperty({ type: 'boolean', example: false }) found!: boolean;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, example: null }) data!: object | null;
}

export class OverviewAnswer {
  @text('success') status!: string;
  @text('2026-01-10T08:00:00.123000Z') generated_at!: string;
  @ApiProperty({ type: OverviewPart }) intraday!: OverviewPart;
  @ApiProperty({ type: OverviewPart }) performance_7d!: OverviewPart;
}
