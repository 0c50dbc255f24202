import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const text = (example: string) => ApiProperty({ type: 'string', example });
const integer = (example: number) => ApiProperty({ type: 'integer', example });
const count = (example: number) => ApiProperty({ type: 'integer', nullable: true, example });
const filter = (example: string | null) => ApiProperty({ type: 'string', nullable: true, example });
const flag = (example: boolean, description: string) => ApiProperty({ type: 'boolean', example, description });

export class TopPicksRunAnswer {
  @text('nifty50:Intraday:2026-01-09T14:46:10.340830') run_id!: string;
  @text('nifty50') universe!: string;
  @text('Intraday') mode!: string;
  @ApiProperty({ type: 'string', example: '2026-01-09T14:46:10.340830', description: 'UTC, without a zone mark.' })
  generated_at_utc!: string;
  @text('backfill') trigger!: string;
  @count(50) total_analyzed!: number | null;
  @count(49) filtered_count!: number | null;
  @count(5) picks_count!: number | null;
  @ApiProperty({ type: 'number', nullable: true, example: 90.05039, description: 'Not finite: null.' })
  elapsed_sec!: number | null;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: "The engine's whole output; absent with `include_payload=false`.",
    example: { generated_at: '2026-01-09T20:14:34.765817', picks_count: 5, picks: [] },
  })
  payload?: object | null;
}

export class TopPicksHistoryFilters {
  @filter('nifty50') universe!: string | null;
  @filter('Intraday') mode!: string | null;
  @filter(null) trigger!: string | null;
  @filter('2026-01-09T14:50:00Z') start_utc!: string | null;
  @filter(null) end_utc!: string | null;
}

export class TopPicksHistoryAnswer {
  @ApiProperty({ type: [TopPicksRunAnswer] }) runs!: TopPicksRunAnswer[];
  @integer(1) count!: number;
  @ApiProperty({ type: TopPicksHistoryFilters }) filters!: TopPicksHistoryFilters;
  @text('2026-01-10T08:00:00.123000Z') generated_at!: string;
}

export class LayerStatus {
  @flag(true, 'The layer holds a snapshot with picks, of whatever age.') present!: boolean;
  @integer(5) items!: number;
}

export class RedisLayerStatus extends LayerStatus {
  @text('picks:latest:nifty50:Intraday') key!: string;
}

export class PicksLayersStatus {
  @ApiProperty({ type: LayerStatus, description: 'No picks are kept in this process: always absent.' })
  memory!: LayerStatus;
  @ApiProperty({ type: RedisLayerStatus }) redis!: RedisLayerStatus;
  @ApiProperty({
    type: LayerStatus,
    description: 'The stored runs. The name is the legacy one; they are in PostgreSQL.',
  })
  sqlite!: LayerStatus;
}

export class EffectivePicks {
  @flag(true, 'Some layer holds picks of the last trading session.') has_cache!: boolean;
  @integer(5) items_count!: number;
  @ApiProperty({
    type: 'string',
    nullable: true,
    example: '2026-01-09T20:14:34.765817',
    description: "The payload's own time: India's wall clock without a zone.",
  })
  as_of!: string | null;
  @ApiProperty({ type: 'number', nullable: true, example: 12.5, description: '1 decimal.' })
  age_minutes!: number | null;
}

export class TopPicksStatusRow {
  @text('nifty50') universe!: string;
  @text('Intraday') mode!: string;
  @ApiProperty({ type: EffectivePicks }) effective!: EffectivePicks;
  @ApiProperty({ type: PicksLayersStatus }) layers!: PicksLayersStatus;
}

export class TopPicksStatus {
  @ApiProperty({ type: [String], example: ['nifty50', 'banknifty'] }) universes!: string[];
  @ApiProperty({ type: [String], example: ['Scalping', 'Intraday', 'Swing', 'Options', 'Futures'] }) modes!: string[];
  @ApiProperty({ type: [TopPicksStatusRow], description: 'Each universe with each mode.' }) rows!: TopPicksStatusRow[];
  @text('2026-01-10T08:00:00.123000Z') generated_at!: string;
}
